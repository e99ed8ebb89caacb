import { expect, test } from "vitest";
import type { ClaimFactsFragment } from "../src/api/generated";
import { allProblems, canCreate, changes, contactInput, createInput, EMPTY, fromClaim, problemsOf, sectionOf, type Draft } from "../src/draft";

const TENANT = "20000000-0000-4000-8000-000000000001";

const claim = {
  id: "c",
  version: 3,
  status: "EDITING",
  name: "Sales",
  externalReference: null,
  solutionArea: "BUSINESS_APPLICATIONS",
  activities: ["PRESALES"],
  customer: { id: "k", name: "Northgate", tenantId: TENANT, domain: "northgate.example" },
  location: { id: "l", mpnId: "1000101", name: "London", country: "GB", enrolledPrograms: [] },
  lines: [{ id: "line", outcome: "PENDING", subscriptionId: "S1", product: { id: "p", name: "Sales", skuPartNumber: "X" }, association: null }],
  customerContact: { name: "Nora", title: null, email: "nora@northgate.example", phone: null },
  technicalContact: null,
  partnerContact: null,
  solutionSeller: null,
  partnerSolution: null,
  problems: [],
} as unknown as ClaimFactsFragment;

test("nothing is sent where nothing changed", () => {
  expect(changes(claim, fromClaim(claim))).toBeNull();
});

test("only what changed is sent", () => {
  const draft: Draft = {
    ...fromClaim(claim),
    name: " Sales for all ",
    activities: ["PRESALES", "USAGE"],
    lines: [{ productId: "p", product: "Sales", subscriptionId: "S2" }],
    technicalContact: { name: "Tom", title: "", email: "tom@", phone: "" },
  };
  expect(changes(claim, draft)).toEqual({
    name: "Sales for all",
    activities: ["PRESALES", "USAGE"],
    removeLineIds: ["line"],
    addLines: [{ productId: "p", subscriptionId: "S2" }],
  });
});

test("another verified domain of the same tenant is no change", () => {
  expect(changes(claim, { ...fromClaim(claim), domain: "northgate-foods.example" })).toBeNull();
});

test("a draft is made once it has a name, a tenant, a domain and a location", () => {
  const draft: Draft = { ...EMPTY, name: "A", tenantId: TENANT, domain: "a.example", mpnId: "1" };
  expect(canCreate(draft)).toBe(true);
  for (const part of [{ name: " " }, { tenantId: "2000" }, { domain: "" }, { mpnId: "" }]) {
    expect(canCreate({ ...draft, ...part })).toBe(false);
  }
  expect(createInput(draft)).toMatchObject({ name: "A", customerContact: null, externalReference: null });
});

test("a contact that is half typed is not sent", () => {
  const contact = { name: "Nora", title: " ", email: "nora@northgate.example", phone: "" };
  expect(contactInput(contact)).toEqual({ name: "Nora", title: null, email: "nora@northgate.example", phone: null });
  expect(contactInput({ ...contact, email: "nora@" })).toBeNull();
  expect(contactInput({ ...contact, name: "" })).toBeNull();
});

test("problems are found by their field", () => {
  const problems = [
    { code: "LOCATION_NOT_ENROLLED" as const, field: ["mpnId"], message: "", remedy: null, params: [] },
    { code: "SUBSCRIPTION_REQUIRED" as const, field: ["lines", "1", "subscriptionId"], message: "", remedy: null, params: [] },
    { code: "PROOF_OF_EXECUTION_REQUIRED" as const, field: ["proofOfExecution"], message: "", remedy: null, params: [] },
  ];
  expect(problemsOf(problems, "mpnId")).toHaveLength(1);
  expect(problemsOf(problems, "lines", 1)).toHaveLength(1);
  expect(problemsOf(problems, "lines", 0)).toHaveLength(0);
  expect(problems.map(sectionOf)).toEqual(["where", "what", "proof"]);
  expect(allProblems([], problems)).toEqual([problems[2]]);
  expect(allProblems(undefined, problems)).toHaveLength(3);
});
