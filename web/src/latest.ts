/** Figures over the claims that were submitted last. `claimStatistics` groups by none of these. */
import type { LatestClaimsQuery, RejectionReason } from "./api/generated";

export type LatestClaim = LatestClaimsQuery["claims"]["nodes"][number];

/** The distribution's last place: so many working days and more. */
export const DAYS = 15;

const DAY = 86_400_000;

/**
 * Mondays to Fridays after the day of `from` up to the day of `to`, in UTC. The vendor's holidays are not known here, so that
 * they count as working days.
 */
export function workingDays(from: string, to: string): number {
  const start = Math.floor(Date.parse(from) / DAY);
  const end = Math.floor(Date.parse(to) / DAY);
  // Day 0 of the epoch was a Thursday, so that a day modulo 7 is 2 on Saturdays and 3 on Sundays.
  const upTo = (day: number) => {
    const weeks = Math.floor((day + 4) / 7);
    return weeks * 5 + Math.min(5, (((day + 4) % 7) + 7) % 7);
  };
  return Math.max(0, upTo(end) - upTo(start));
}

/** How many claims were decided after 0, 1, 2 .. working days; the last place has all the longer ones. */
export function daysToDecision(claims: readonly LatestClaim[]): number[] {
  const counts = Array.from({ length: DAYS + 1 }, () => 0);
  for (const { submittedAt, decidedAt } of claims) {
    if (!submittedAt || !decidedAt) continue;
    const place = Math.min(DAYS, workingDays(submittedAt, decidedAt));
    counts[place] = (counts[place] ?? 0) + 1;
  }
  return counts;
}

/** The products with the number of claims on each, the most claimed one first. */
export function byProduct(claims: readonly LatestClaim[]): { id: string; name: string; count: number }[] {
  const found = new Map<string, { id: string; name: string; count: number }>();
  for (const { lines } of claims) {
    for (const product of new Map(lines.map(({ product }) => [product.id, product])).values()) {
      const known = found.get(product.id) ?? { ...product, count: 0 };
      found.set(product.id, { ...known, count: known.count + 1 });
    }
  }
  return [...found.values()].sort((a, b) => b.count - a.count || a.name.localeCompare(b.name));
}

/** The reasons of the rejected claims, the most frequent one first. */
export function byReason(claims: readonly LatestClaim[]): { reason: RejectionReason; count: number }[] {
  const found = new Map<RejectionReason, number>();
  for (const { status, rejection } of claims) {
    if (status === "REJECTED" && rejection) found.set(rejection.reason, (found.get(rejection.reason) ?? 0) + 1);
  }
  return [...found].map(([reason, count]) => ({ reason, count })).sort((a, b) => b.count - a.count);
}
