// What is generated, used as a program would use it: it compiles only where the types are those of the schema.
import type { ResultOf, VariablesOf } from '@graphql-typed-document-node/core';

import { useFragment } from './generated/fragment-masking';
import {
  AttachDocument,
  ClaimPageDocument,
  ClaimRowFragmentDoc,
  ProblemPartsFragmentDoc,
  QueueDocument,
  StatusDocument,
} from './generated/graphql';
import type { ClaimStatus, ProblemCode } from './generated/graphql';

/** Numbers and states of a page of the queue. */
export function queue(page: ResultOf<typeof QueueDocument>): Array<[string, ClaimStatus]> {
  return page.claims.edges.map((edge) => {
    const row = useFragment(ClaimRowFragmentDoc, edge.node);
    return [row.number, row.status];
  });
}

export const next = (page: ResultOf<typeof QueueDocument>): VariablesOf<typeof QueueDocument> => ({
  first: 20,
  after: page.claims.pageInfo.endCursor ?? null,
  filter: { status: ['SUBMITTED', 'UNDER_REVIEW'], dueAt: { before: '2026-12-01T00:00:00Z' } },
  orderBy: { field: 'DUE_AT', direction: 'ASC' },
});

/** Nullability is as in the schema: a claim may be absent, a status before may be, a number never. */
export function page(data: ResultOf<typeof ClaimPageDocument>): { started: string | null; codes: ProblemCode[] } {
  if (data.claim == null) return { started: null, codes: [] };
  const { lines, problems } = data.claim;
  return {
    started: lines[0]?.association?.startedAt ?? null,
    codes: problems.map((problem) => useFragment(ProblemPartsFragmentDoc, problem).code),
  };
}

export const upload = (claimId: string, file: File): VariablesOf<typeof AttachDocument> => ({ input: { claimId, file } });

export function changed({ claimStatusChanged: change }: ResultOf<typeof StatusDocument>): string {
  const from: ClaimStatus | null = change.fromStatus ?? null;
  return `${change.position}: ${from ?? 'new'} -> ${change.toStatus}`;
}

// @ts-expect-error: a status that there is not
export const wrong: ClaimStatus = 'LOST';

// @ts-expect-error: `claimId` is left out
export const incomplete: VariablesOf<typeof AttachDocument> = { input: { file: new File([], 'a.pdf') } };
