/** urql: fetch for everything. Uploads are built in, and subscriptions come as event streams (GraphQL over SSE). */
import { Client, fetchExchange } from "@urql/core";
import { authorization, endpoint, story, type Api } from "./story.js";

const client = new Client({
  url: endpoint,
  exchanges: [fetchExchange],
  fetchOptions: { headers: { authorization } },
  fetchSubscriptions: true,
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
