/** urql: fetch for queries, mutations and uploads, and event streams (GraphQL over SSE) by graphql-sse for subscriptions. */
import { Client, fetchExchange, subscriptionExchange } from "@urql/core";
import { createClient } from "graphql-sse";
import { authorization, endpoint, story, type Api } from "./story.js";

// A function is asked for every connection, so that a fresh token can be given.
const events = createClient({ url: endpoint, headers: () => ({ authorization }) });

const client = new Client({
  url: endpoint,
  exchanges: [
    fetchExchange,
    subscriptionExchange({
      forwardSubscription: ({ query, variables }) => ({
        subscribe: (sink) => ({ unsubscribe: events.subscribe({ query: query!, variables: variables as Record<string, unknown> }, sink as never) }),
      }),
    }),
  ],
  fetchOptions: { headers: { authorization } },
  preferGetMethod: false,
});

const api: Api = {
  async ask(document, variables) {
    const isMutation = document.definitions.some((one) => one.kind === "OperationDefinition" && one.operation === "mutation");
    const { data, error } = await (isMutation ? client.mutation(document, variables) : client.query(document, variables)).toPromise();
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
};

await story("Sales, by urql", api);
events.dispose();
