/** A draft as the form holds it, and what of it the server is sent. */
import type {
  Activity,
  ClaimFactsFragment,
  ClaimStatus,
  ContactInput,
  CreateClaimInput,
  ProblemFieldsFragment,
  SolutionArea,
  UpdateClaimInput,
} from "./api/generated";

export interface DraftContact {
  name: string;
  title: string;
  email: string;
  phone: string;
}

export interface DraftLine {
  productId: string;
  product: string;
  subscriptionId: string;
}

export interface Draft {
  name: string;
  externalReference: string;
  tenantId: string;
  domain: string;
  solutionArea: SolutionArea;
  activities: Activity[];
  mpnId: string;
  lines: DraftLine[];
  customerContact: DraftContact;
  technicalContact: DraftContact;
  partnerContact: DraftContact;
  solutionSeller: string;
  partnerSolution: string;
}

export type Contacts = "customerContact" | "technicalContact" | "partnerContact";
export const CONTACTS: Contacts[] = ["customerContact", "technicalContact", "partnerContact"];

const NOBODY: DraftContact = { name: "", title: "", email: "", phone: "" };

export const EMPTY: Draft = {
  name: "",
  externalReference: "",
  tenantId: "",
  domain: "",
  solutionArea: "BUSINESS_APPLICATIONS",
  activities: [],
  mpnId: "",
  lines: [],
  customerContact: NOBODY,
  technicalContact: NOBODY,
  partnerContact: NOBODY,
  solutionSeller: "",
  partnerSolution: "",
};

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
export const isUuid = (text: string) => UUID.test(text.trim());

const orNull = (text: string) => text.trim() || null;

/** A contact needs a name and an e-mail address; one that is half typed is not sent yet. */
export function contactInput({ name, title, email, phone }: DraftContact): ContactInput | null {
  if (!name.trim() || !/^\S+@\S+\.\S+$/.test(email.trim())) return null;
  return { name: name.trim(), email: email.trim(), title: orNull(title), phone: orNull(phone) };
}

const lineInput = ({ productId, subscriptionId }: DraftLine) => ({ productId, subscriptionId: orNull(subscriptionId) });

/** Whether the draft has what `createClaim` asks for. */
export const canCreate = (draft: Draft) =>
  Boolean(draft.name.trim() && isUuid(draft.tenantId) && draft.domain.trim() && draft.mpnId);

export function createInput(draft: Draft): CreateClaimInput {
  return {
    name: draft.name.trim(),
    externalReference: orNull(draft.externalReference),
    tenantId: draft.tenantId.trim(),
    domain: draft.domain.trim(),
    solutionArea: draft.solutionArea,
    activities: draft.activities,
    mpnId: draft.mpnId,
    lines: draft.lines.map(lineInput),
    customerContact: contactInput(draft.customerContact),
    technicalContact: contactInput(draft.technicalContact),
    partnerContact: contactInput(draft.partnerContact),
    solutionSeller: orNull(draft.solutionSeller),
    partnerSolution: orNull(draft.partnerSolution),
  };
}

export function fromClaim(claim: ClaimFactsFragment): Draft {
  const contact = (one: ClaimFactsFragment["customerContact"]): DraftContact => ({
    name: one?.name ?? "",
    title: one?.title ?? "",
    email: one?.email ?? "",
    phone: one?.phone ?? "",
  });
  return {
    name: claim.name,
    externalReference: claim.externalReference ?? "",
    tenantId: claim.customer.tenantId,
    domain: claim.customer.domain,
    solutionArea: claim.solutionArea,
    activities: claim.activities,
    mpnId: claim.location.mpnId,
    lines: claim.lines.map((line) => ({
      productId: line.product.id,
      product: line.product.name,
      subscriptionId: line.subscriptionId ?? "",
    })),
    customerContact: contact(claim.customerContact),
    technicalContact: contact(claim.technicalContact),
    partnerContact: contact(claim.partnerContact),
    solutionSeller: claim.solutionSeller ?? "",
    partnerSolution: claim.partnerSolution ?? "",
  };
}

type Changes = Omit<UpdateClaimInput, "claimId" | "expectedVersion" | "idempotencyKey">;

const lineKey = ({ productId, subscriptionId }: { productId: string; subscriptionId: string }) =>
  `${productId} ${subscriptionId.trim().toLowerCase()}`;

/** Only what differs from the saved claim; null where nothing does. */
export function changes(saved: ClaimFactsFragment, draft: Draft): Changes | null {
  const before = fromClaim(saved);
  const result: Changes = {};
  if (draft.name.trim() && draft.name.trim() !== before.name) result.name = draft.name.trim();
  if (draft.externalReference.trim() !== before.externalReference) result.externalReference = orNull(draft.externalReference);
  // The claim shows the customer's default domain, which need not be the one that was typed; it goes with the tenant.
  if (isUuid(draft.tenantId) && draft.tenantId.trim() !== before.tenantId && draft.domain.trim()) {
    result.tenantId = draft.tenantId.trim();
    result.domain = draft.domain.trim();
  }
  if (draft.solutionArea !== before.solutionArea) result.solutionArea = draft.solutionArea;
  if (JSON.stringify([...draft.activities].sort()) !== JSON.stringify([...before.activities].sort())) {
    result.activities = draft.activities;
  }
  if (draft.mpnId && draft.mpnId !== before.mpnId) result.mpnId = draft.mpnId;
  for (const field of CONTACTS) {
    const input = contactInput(draft[field]);
    const old = contactInput(before[field]);
    if (input && JSON.stringify(input) !== JSON.stringify(old)) result[field] = input;
  }
  for (const field of ["solutionSeller", "partnerSolution"] as const) {
    if (draft[field].trim() !== before[field]) result[field] = orNull(draft[field]);
  }
  const wanted = new Set(draft.lines.map(lineKey));
  const have = new Set(before.lines.map(lineKey));
  const removed = saved.lines.filter(
    (line) => !wanted.has(lineKey({ productId: line.product.id, subscriptionId: line.subscriptionId ?? "" })),
  );
  const added = draft.lines.filter((line) => !have.has(lineKey(line)));
  if (removed.length) result.removeLineIds = removed.map((line) => line.id);
  if (added.length) result.addLines = added.map(lineInput);
  return Object.keys(result).length ? result : null;
}

/** What of a saved claim is fixed at submission (L8). */
export const isFixed = (status: ClaimStatus | undefined) => status !== undefined && status !== "EDITING";

/** The problems of what is only asked for at submission, which `claimEligibility` does not report (E14). */
const AT_SUBMISSION = new Set([
  "PROOF_OF_EXECUTION_REQUIRED",
  "CUSTOMER_CONTACT_REQUIRED",
  "PARTNER_CONTACT_REQUIRED",
  "TECHNICAL_CONTACT_REQUIRED",
  "SOLUTION_DETAILS_REQUIRED",
]);

/** The problems of the form as it is now: eligibility, with what submission asks for from the saved draft. */
export function allProblems(
  eligibility: readonly ProblemFieldsFragment[] | undefined,
  saved: readonly ProblemFieldsFragment[],
): ProblemFieldsFragment[] {
  return eligibility ? [...eligibility, ...saved.filter(({ code }) => AT_SUBMISSION.has(code))] : [...saved];
}

export type Section = "customer" | "what" | "where" | "contacts" | "proof";

/** The section of the form that a problem belongs to. */
export function sectionOf({ field, code }: Pick<ProblemFieldsFragment, "field" | "code">): Section {
  const name = field?.find((part) => part !== "input") ?? "";
  if (code === "PROOF_OF_EXECUTION_REQUIRED") return "proof";
  if (name === "tenantId" || name === "domain") return "customer";
  if (name === "mpnId") return "where";
  if (name.endsWith("Contact")) return "contacts";
  return "what";
}

/** The problems of a field, or of one line of the products. */
export function problemsOf(problems: readonly ProblemFieldsFragment[], name: string, line?: number): ProblemFieldsFragment[] {
  return problems.filter(({ field }) => {
    const path = (field ?? []).filter((part) => part !== "input");
    if (path[0] !== name) return false;
    return line === undefined ? path.length === 1 || name !== "lines" : path[1] === String(line);
  });
}
