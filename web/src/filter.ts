/** The filter and the order of a list of claims, as its address has them. */
import type { Activity, ClaimFilter, ClaimOrderField, ClaimStatus, RejectionReason, SolutionArea } from "./api/generated";
import en from "./messages/en.json";
import { STATUSES } from "./ui/basics";

export const AREAS: SolutionArea[] = ["BUSINESS_APPLICATIONS", "MICROSOFT_365"];
export const SORTS: ClaimOrderField[] = [
  "UPDATED_AT",
  "CREATED_AT",
  "SUBMITTED_AT",
  "DECIDED_AT",
  "LAST_ACTIVITY_AT",
  "DUE_AT",
  "NAME",
  "NUMBER",
];
const ACTIVITIES: Activity[] = ["PRESALES", "USAGE", "REVENUE_ASSOCIATION"];
export const FLAGS = ["overdue", "inArbitration"] as const;

/** Every reason has a text, which a test sees to. */
const isReason = (value: string): value is RejectionReason => `rejection.${value}` in en;

/** The filter that an address stands for. Unknown values are ignored. */
export function readFilter(search: string): { filter: ClaimFilter; sort: ClaimOrderField; descending: boolean } {
  const parameters = new URLSearchParams(search);
  const filter: ClaimFilter = {};
  const status = parameters.getAll("status").filter((value): value is ClaimStatus => STATUSES.includes(value as ClaimStatus));
  if (status.length) filter.status = status;
  const area = parameters.get("area") as SolutionArea;
  if (AREAS.includes(area)) filter.solutionArea = area;
  const activity = parameters.get("activity") as Activity;
  if (ACTIVITIES.includes(activity)) filter.activity = activity;
  const text = parameters.get("q")?.trim();
  if (text) filter.search = text;
  for (const name of ["partnerId", "customerId", "productId"] as const) {
    const id = parameters.get(name);
    if (id) filter[name] = id;
  }
  const reviewer = parameters.get("reviewer");
  if (reviewer) filter.reviewerSubject = reviewer;
  const reasons = parameters.getAll("reason").filter(isReason);
  if (reasons.length) filter.rejectionReason = reasons;
  for (const flag of FLAGS) if (parameters.get(flag) === "true") filter[flag] = true;
  const from = parameters.get("submittedFrom");
  const before = parameters.get("submittedBefore");
  if (from || before) filter.submittedAt = { ...(from ? { from } : {}), ...(before ? { before } : {}) };
  const wanted = parameters.get("sort") as ClaimOrderField;
  const sort = SORTS.includes(wanted) ? wanted : "UPDATED_AT";
  return { filter, sort, descending: parameters.get("direction") !== "asc" };
}
