/**
 * Live changes over `graphql-transport-ws`. The position of the last event goes into the variables, so a connection that
 * was lost resumes after it: nothing is missed and nothing comes twice.
 */
import { createClient } from "graphql-ws";
import {
  HistoryAppendedDocument,
  LatestPositionDocument,
  StatusChangedDocument,
  type HistoryAppendedSubscription,
  type StatusChangedSubscription,
} from "./generated";
import { request } from "./client";
import { session } from "./session";

export type LiveEvent = HistoryAppendedSubscription["historyAppended"];
export type StatusEvent = StatusChangedSubscription["claimStatusChanged"];
export type Connection = "connecting" | "live" | "lost";

interface Watch {
  onEvent: (event: LiveEvent) => void;
  onStatus: (event: StatusEvent) => void;
  onConnection: (state: Connection) => void;
}

/** Close codes after which the same token cannot help. */
const FINAL = new Set([4400, 4401, 4403, 4406, 4409, 4429]);

const START_AGAIN_AFTER = 5_000;

/**
 * Follows every claim that the viewer may see until the returned function is called. A customer's history is empty by
 * rule A3, so customers follow the status changes instead.
 */
export function watch(isCustomer: boolean, { onEvent, onStatus, onConnection }: Watch): () => void {
  let stopped = false;
  const client = createClient({
    url: `${location.origin.replace(/^http/, "ws")}/graphql`,
    connectionParams: () => ({ Authorization: `Bearer ${session.token() ?? ""}` }),
    retryAttempts: Number.POSITIVE_INFINITY,
    retryWait: (retries) => new Promise((done) => setTimeout(done, Math.min(500 * 2 ** retries, 10_000))),
    shouldRetry: (event) => !stopped && !FINAL.has((event as CloseEvent).code ?? 0),
    on: {
      connected: () => onConnection("live"),
      closed: (event) => {
        if (stopped) return;
        onConnection("lost");
        if ((event as CloseEvent).code === 4403) session.end();
      },
    },
  });
  const variables: { after: string | null } = { after: null };
  let again: ReturnType<typeof setTimeout> | undefined;

  /** For what the client does not retry itself: no answer to the first query, or a position that the server refuses. */
  function startAgain() {
    if (stopped) return;
    onConnection("lost");
    clearTimeout(again);
    again = setTimeout(() => void start().catch(startAgain), START_AGAIN_AFTER);
  }

  async function start() {
    onConnection("connecting");
    if (!isCustomer) variables.after = await latest();
    if (stopped) return;
    const query = (isCustomer ? StatusChangedDocument : HistoryAppendedDocument).toString();
    client.subscribe<HistoryAppendedSubscription & StatusChangedSubscription>(
      { query, variables },
      {
        next: ({ data }) => {
          const event = isCustomer ? data?.claimStatusChanged : data?.historyAppended;
          if (!event) return;
          variables.after = event.position;
          if (isCustomer) onStatus(event as StatusEvent);
          else onEvent(event as LiveEvent);
        },
        error: (cause) => {
          if (cause instanceof CloseEvent && FINAL.has(cause.code)) onConnection("lost");
          else startAgain();
        },
        complete: () => {},
      },
    );
  }
  start().catch(startAgain);
  return () => {
    stopped = true;
    clearTimeout(again);
    void client.dispose();
  };
}

async function latest(): Promise<string | null> {
  const data = await request(LatestPositionDocument, {});
  return data.history.nodes[0]?.position ?? null;
}
