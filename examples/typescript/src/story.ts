/** What both examples tell, whichever client sends it. */
import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import {
  AttachProofDocument,
  CreateClaimDocument,
  EligibilityDocument,
  LastPositionDocument,
  ProductDocument,
  StatusChangedDocument,
  SubmitClaimDocument,
  WithdrawClaimDocument,
  type ClaimPartsFragment,
  type ProblemPartsFragment,
} from "./generated/graphql.js";

export const endpoint = setting("CPOR_ENDPOINT");
export const authorization = `Bearer ${setting("INCENTIVES_ADMIN")}`;

/** A proof of one empty page. */
const PDF = `%PDF-1.4
1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj
2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj
3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >> endobj
trailer << /Root 1 0 R >>
%%EOF
`;

/** What a client must be able to do. */
export interface Api {
  /** The data of a query or mutation; fails with the errors of the answer. */
  ask<R, V extends Record<string, unknown>>(document: TypedDocumentNode<R, V>, variables: V): Promise<R>;
  /** Calls `next` with each event until the returned function is called. */
  follow<R, V extends Record<string, unknown>>(document: TypedDocumentNode<R, V>, variables: V, next: (data: R) => void): () => void;
}

/** What is claimed, but for the product. */
export const facts = {
  mpnId: "1000101",
  tenantId: "20000000-0000-4000-8000-000000000001",
  domain: "northgate.example",
  solutionArea: "BUSINESS_APPLICATIONS" as const,
  activities: ["USAGE" as const],
};

export async function story(name: string, api: Api): Promise<void> {
  // Several products have these words in their names; the part number is the one's own.
  const { products } = await api.ask(ProductDocument, { search: "Dynamics 365 for Sales Enterprise" });
  const product = products.nodes.find(({ skuPartNumber }) => skuPartNumber === "DYN365_ENTERPRISE_SALES");
  if (!product) throw new Error("The catalogue does not have the product.");
  const whole = { ...facts, lines: [{ productId: product.id }] };
  const { claimEligibility } = await api.ask(EligibilityDocument, { input: whole });
  console.log(`${product.name}: ${claimEligibility.eligible ? `eligible for ${claimEligibility.programs.join(", ")}` : "not eligible"}`);

  const contact = { name: "Nora Reyes", email: "nora@northgate.example" };
  const contacts = { customerContact: contact, technicalContact: contact, partnerContact: contact };
  // A draft may have problems still: they say what is missing. Without a claim they are a refusal.
  const { claim } = (await api.ask(CreateClaimDocument, { input: { name, ...whole, ...contacts } })).createClaim;
  if (!claim) throw new Error("The draft was refused.");

  const file = new File([PDF], "proof.pdf", { type: "application/pdf" });
  const attached = accepted((await api.ask(AttachProofDocument, { input: { claimId: claim.id, file } })).attachProofOfExecution);

  // What happens after this position is not missed, however late the subscription is there.
  const before = await api.ask(LastPositionDocument, { id: claim.id });
  const after = before.claim?.history.nodes[0]?.position ?? null;
  const heard = new Promise<string>((done) => {
    const stop = api.follow(StatusChangedDocument, { claimId: claim.id, after }, ({ claimStatusChanged }) => {
      stop();
      done(claimStatusChanged.toStatus);
    });
  });
  const submitted = accepted((await api.ask(SubmitClaimDocument, { input: { claimId: claim.id, expectedVersion: attached.version } })).submitClaim);
  console.log(`${submitted.number} is ${submitted.status}; live: ${await heard}`);

  const input = { claimId: claim.id, expectedVersion: submitted.version, detail: "This was an example." };
  const withdrawn = accepted((await api.ask(WithdrawClaimDocument, { input })).withdrawClaim);
  console.log(`${withdrawn.number} is ${withdrawn.status}`);
}

/** The claim of a payload; a refusal by the rules fails with what to do about it. */
export function accepted(payload: { claim?: ClaimPartsFragment | null; problems: readonly ProblemPartsFragment[] }): ClaimPartsFragment {
  if (payload.claim) return payload.claim;
  throw new Error(payload.problems.map(({ code, message, remedy }) => `${code}: ${message} ${remedy ?? ""}`).join("\n"));
}

function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: . ./cpor-data/tokens.env`);
  return value;
}
