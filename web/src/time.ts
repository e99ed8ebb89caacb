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
function cached<T>(make: (language: string) => T): (language: string) => T {
  const formats = new Map<string, T>();
  return (language) => {
    const format = formats.get(language) ?? make(language);
    formats.set(language, format);
    return format;
  };
}

const relativeFormat = cached((language) => new Intl.RelativeTimeFormat(language, { numeric: "auto" }));
const exactFormat = cached((language) => new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "long" }));
const deadlineFormat = cached(
  (language) =>
    new Intl.DateTimeFormat(language, {
      year: "numeric",
      month: "short",
      day: "numeric",
      hour: "2-digit",
      minute: "2-digit",
      timeZone: "UTC",
      timeZoneName: "short",
    }),
);

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

/**
 * A deadline in the policy's zone, named. The API does not say which zone that is, so this is UTC, in which it sends every
 * time.
 */
export function deadline(at: string, language: string): string {
  return deadlineFormat(language).format(new Date(at));
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
