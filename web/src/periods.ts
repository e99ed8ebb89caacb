/** Months and weeks of submission without a gap, from the groups of `claimStatistics`, which leave out empty ones. */
import type { StatisticsGroupsQuery } from "./api/generated";
import { beginningOf, dayIn } from "./time";

export type Group = StatisticsGroupsQuery["claimStatistics"]["groups"][number];
export type Unit = "MONTH" | "WEEK";

/** A half-open range. */
export interface Period {
  from: string;
  before: string;
  /** Null where nothing was submitted. */
  group: Group | null;
}

const DAY = 86_400_000;

/** The day on which the next period begins. */
function next(day: number, unit: Unit): number {
  const date = new Date(day);
  return unit === "WEEK" ? day + 7 * DAY : Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
}

/** The last `most` periods up to now in the calendar's zone, oldest first; fewer if the oldest group is younger. */
export function periods(groups: readonly Group[], unit: Unit, now: number, most: number, timeZone: string): Period[] {
  const known = new Map(groups.flatMap((group) => (group.from ? [[dayIn(timeZone, group.from), group] as const] : [])));
  const days: number[] = [];
  const last = Math.max(dayIn(timeZone, now), ...known.keys());
  for (let day = Math.min(...known.keys()); day <= last; day = next(day, unit)) days.push(day);
  const at = (day: number) => new Date(beginningOf(timeZone, day)).toISOString();
  return days.slice(-most).map((day) => ({ from: at(day), before: at(next(day, unit)), group: known.get(day) ?? null }));
}
