/** The example queries that GraphiQL opens with, each in a tab of its own. */
import { parse, type DocumentNode } from "graphql";
import type { Face } from "./viewer";

const VIEWER = `# Run with Ctrl+Enter. The schema is in the documentation explorer on the left.
query Viewer {
  viewer {
    subject
    name
    roles
    scopes
    partner { name locations { mpnId name enrolledPrograms } }
  }
  claims(first: 5) {
    totalCount
    nodes { number name status availableActions }
  }
}
`;

const SERVICE = `# Run with Ctrl+Enter. The schema is in the documentation explorer on the left.
query Viewer {
  viewer { subject roles scopes }
}
`;

const LIVE = `# Live: leave this running and change a claim in another window.
subscription Live {
  claimStatusChanged {
    position
    fromStatus
    toStatus
    actor { kind name }
    claim { number name }
  }
}
`;

const HISTORY = `# The latest ten entries of the history, of every claim that you see.
query History {
  history(last: 10) {
    totalCount
    nodes { at action actor { kind name } claim { number name } fromStatus toStatus }
  }
}
`;

const CLOCK = `# Moves the clock of the demo. Whatever falls due on the way happens.
mutation OneDay {
  advanceClock(input: { by: "P1D" }) { now problems { code message } }
}
`;

const STATISTICS = `# How many claims each month, how many were approved, and how soon. Try PRODUCT or PARTNER too.
query Statistics {
  claimStatistics(groupBy: MONTH) {
    total
    approvalRate
    groups { key label total approvalRate medianBusinessDaysToDecision }
  }
}
`;

const CLOSED = `# What you may do with each claim now, and why not the rest.
query Actions {
  claims(first: 5, orderBy: { field: UPDATED_AT, direction: DESC }) {
    nodes {
      number
      name
      status
      availableActions
      unavailableActions { action reason { code message remedy } }
    }
  }
}
`;

interface Example {
  query: string;
  variables?: string;
}

/** By whom they are for. */
const EXAMPLES: Record<Face, Example[]> = {
  partner: [
    {
      query: `# Every reason against a claim at once, before anything is saved.
query Eligibility($input: ClaimEligibilityInput!) {
  claimEligibility(input: $input) {
    eligible
    programs
    problems { code field message remedy }
    subscriptions { subscriptionId channel status }
  }
}
`,
      variables: JSON.stringify(
        {
          input: {
            mpnId: "1000103",
            tenantId: "20000000-0000-4000-8000-000000000001",
            domain: "northgate.example",
            solutionArea: "BUSINESS_APPLICATIONS",
            activities: ["USAGE"],
            lines: [],
          },
        },
        null,
        2,
      ),
    },
    { query: CLOSED },
    { query: HISTORY },
    { query: LIVE },
  ],
  vendor: [
    {
      query: `# The queue: what is due first.
query Queue {
  claims(first: 20, filter: { status: [SUBMITTED, UNDER_REVIEW] }, orderBy: { field: DUE_AT, direction: ASC }) {
    totalCount
    nodes {
      number
      name
      status
      partner { name }
      deadline { kind dueAt state businessDaysLeft }
      reviewer { subject }
      availableActions
    }
  }
}
`,
    },
    {
      query: `# Arbitrations, with both sides.
query Arbitrations {
  arbitrations(status: OPEN) {
    nodes {
      id
      customer { name }
      product { name }
      claims { number partner { name } status submittedAt }
    }
  }
}
`,
    },
    { query: STATISTICS },
    { query: HISTORY },
    { query: LIVE },
  ],
  customer: [
    {
      query: `# Who claims what on us, and until when we may decline.
query Consents {
  claims {
    nodes {
      number
      partner { name }
      lines { product { name } }
      consent { status declineUntil }
      availableActions
    }
  }
}
`,
    },
    { query: LIVE },
  ],
  directory: [
    {
      query: `# Part of the catalog.
query Products {
  products(first: 10, filter: { search: "Sales" }) { totalCount nodes { name skuPartNumber solutionArea } }
}
`,
    },
  ],
};

/** The tabs for a face; the first says how GraphiQL is used. */
export function savedExamples(face: Face, isDemo: boolean): Example[] {
  const first = { query: face === "directory" ? SERVICE : VIEWER };
  return [first, ...EXAMPLES[face], ...(isDemo ? [{ query: CLOCK }] : [])];
}

/**
 * The parsed query with the name of its operation. GraphiQL passes both as they were a moment ago, so that a subscription that
 * is run right after its tab was chosen would be sent like a query.
 */
export function operationOf(query: string, wanted: string | null | undefined): [DocumentNode | undefined, string | null] {
  try {
    const document = parse(query);
    const names = document.definitions.flatMap((one) => (one.kind === "OperationDefinition" ? [one.name?.value ?? null] : []));
    return [document, names.length === 1 ? (names[0] ?? null) : (wanted ?? null)];
  } catch {
    // The server says what is wrong with it.
    return [undefined, wanted ?? null];
  }
}
