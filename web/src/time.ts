/** Times as people read them. `now` is the server's time, which in a demo is not this machine's. */
const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** Making a format costs far more than using it. */
function cached<T>(make: (key: string) => T): (key: string) => T {
  const formats = new Map<string, T>();
  return (key) => {
    const format = formats.get(key) ?? make(key);
    formats.set(key, format);
    return format;
  };
}

const relativeFormat = cached((language) => new Intl.RelativeTimeFormat(language, { numeric: "auto" }));
const exactFormat = cached((language) => new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "long" }));
const deadlineFormat = cached((key) => {
  const [language = "en", timeZone = "UTC"] = key.split(" ");
  return new Intl.DateTimeFormat(language, {
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZone,
    timeZoneName: "short",
  });
});
const dayFormat = cached((timeZone) => new Intl.DateTimeFormat("en", { year: "numeric", month: "numeric", day: "numeric", timeZone }));

export function relative(at: string, now: number, language: string): string {
  const seconds = Math.round((Date.parse(at) - now) / 1000);
  const format = relativeFormat(language);
  const unit = UNITS.find(([, size]) => Math.abs(seconds) >= size);
  return unit ? format.format(Math.round(seconds / unit[1]), unit[0]) : format.format(seconds, "second");
}

/** The exact time in the viewer's zone, which it names. */
export function exact(at: string, language: string): string {
  return exactFormat(language).format(new Date(at));
}

export function day(at: string | number, language: string, timeZone?: string): string {
  return new Intl.DateTimeFormat(language, {
    weekday: "long",
    year: "numeric",
    month: "long",
    day: "numeric",
    ...(timeZone ? { timeZone } : {}),
  }).format(new Date(at));
}

/** A deadline in the zone of the vendor's calendar, which it names. */
export function deadline(at: string, language: string, timeZone: string): string {
  return deadlineFormat(`${language} ${timeZone}`).format(new Date(at));
}

/** The zone if this browser knows it, otherwise UTC. */
export function knownZone(timeZone: string): string {
  try {
    return dayFormat(timeZone).resolvedOptions().timeZone ? timeZone : "UTC";
  } catch {
    return "UTC";
  }
}

/** The day of a zone's calendar, as milliseconds of the midnight that begins the same day in UTC. */
export function dayIn(timeZone: string, at: string | number): number {
  const parts = dayFormat(timeZone).formatToParts(new Date(at));
  const part = (type: string) => Number(parts.find((one) => one.type === type)?.value);
  return Date.UTC(part("year"), part("month") - 1, part("day"));
}

/** When a day begins in a zone; the day is given as [`dayIn`] returns it. */
export function beginningOf(timeZone: string, day: number): number {
  const HOUR = 3_600_000;
  // Zones are at most 14 hours from UTC and a multiple of a quarter of an hour.
  for (let at = day - 14 * HOUR; at < day + 14 * HOUR; at += HOUR / 4) if (dayIn(timeZone, at) >= day) return at;
  return day;
}

export function bytes(size: number, language: string): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
  const power = size === 0 ? 0 : Math.min(Math.floor(Math.log10(size) / 3), units.length - 1);
  return new Intl.NumberFormat(language, {
    style: "unit",
    unit: units[power]!,
    unitDisplay: "short",
    maximumFractionDigits: power === 0 ? 0 : 1,
  }).format(size / 1000 ** power);
}
