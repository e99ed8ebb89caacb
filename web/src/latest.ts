/** How long decisions took, as a distribution over the claims that were submitted last. `claimStatistics` has only quantiles. */
import type { LatestClaimsQuery } from "./api/generated";
import { dayIn } from "./time";

export type LatestClaim = LatestClaimsQuery["claims"]["nodes"][number];

/** The distribution's last place: so many business days and more. */
export const DAYS = 15;

const DAY = 86_400_000;

export interface Calendar {
  timeZone: string;
  holidays: readonly string[];
}

/** The business days after the day of `from` up to the day of `to`: Mondays to Fridays without the holidays (T). */
export function businessDays(from: string, to: string, { timeZone, holidays }: Calendar): number {
  const [start, end] = [dayIn(timeZone, from) / DAY, dayIn(timeZone, to) / DAY];
  // Day 0 of the epoch was a Thursday: this is 0 on Sundays and 6 on Saturdays.
  const weekday = (day: number) => (((day + 4) % 7) + 7) % 7;
  const upTo = (day: number) => Math.floor((day + 4) / 7) * 5 + Math.min(5, weekday(day));
  const off = holidays.map((holiday) => Date.parse(holiday) / DAY).filter((day) => day > start && day <= end);
  return Math.max(0, upTo(end) - upTo(start) - off.filter((day) => weekday(day) > 0 && weekday(day) < 6).length);
}

/** How many claims were decided after 0, 1, 2 .. business days; the last place has all the longer ones. */
export function daysToDecision(claims: readonly LatestClaim[], calendar: Calendar): number[] {
  const counts = Array.from({ length: DAYS + 1 }, () => 0);
  for (const { submittedAt, decidedAt } of claims) {
    if (!submittedAt || !decidedAt) continue;
    const place = Math.min(DAYS, businessDays(submittedAt, decidedAt, calendar));
    counts[place] = (counts[place] ?? 0) + 1;
  }
  return counts;
}
