/** urql over event streams that break: after every reconnect the subscription goes on after the last event that came. */
import { Client, fetchExchange, subscriptionExchange } from "@urql/core";
import { createClient } from "graphql-sse";
import { Network, keepPosition, resume } from "./resume.js";
import { authorization, endpoint } from "./story.js";

const network = new Network();
let stream = new AbortController();
const events = createClient({
  url: endpoint,
  headers: () => ({ authorization }),
  retryAttempts: Infinity,
  retry: network.isThere,
  // Only so that this example can break its own connection.
  fetchFn: (url: string, init: RequestInit) => fetch(url, { ...init, signal: AbortSignal.any([init.signal!, stream.signal]) }),
});

const client = new Client({
  url: endpoint,
  exchanges: [
    fetchExchange,
    subscriptionExchange({
      forwardSubscription: ({ query, variables }) => ({
        subscribe(sink) {
          // graphql-sse writes the request anew for every connection, with the position that its variables hold then.
          const request = { query: query!, variables: { ...(variables as Record<string, unknown>) } };
          const unsubscribe = events.subscribe(request, {
            next(result) {
              keepPosition(request.variables, result.data);
              sink.next(result as never);
            },
            error: (error) => sink.error(error as Error),
            complete: () => sink.complete(),
          });
          return { unsubscribe };
        },
      }),
    }),
  ],
  fetchOptions: { headers: { authorization } },
  preferGetMethod: false,
});

await resume("urql", {
  async ask(document, variables) {
    const { data, error } = await client.mutation(document, variables).toPromise();
    if (error) throw error;
    return data!;
  },
  follow(document, variables, next) {
    const { unsubscribe } = client.subscription(document, variables).subscribe(({ data, error }) => {
      if (error) throw error;
      if (data) next(data);
    });
    return unsubscribe;
  },
  cut() {
    stream.abort();
    stream = new AbortController();
  },
}, network);
events.dispose();
