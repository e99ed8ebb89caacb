/** Apollo Client 4 over a WebSocket that breaks: after every reconnect the subscription goes on after the last event that came. */
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, Observable } from "@apollo/client";
import { getMainDefinition } from "@apollo/client/utilities";
import { print } from "graphql";
import { createClient } from "graphql-ws";
import WebSocket from "ws";
import { Network, keepPosition, resume } from "./resume.js";
import { authorization, endpoint } from "./story.js";

const network = new Network();
const sockets = createClient({
  url: endpoint.replace(/^http/, "ws"),
  webSocketImpl: WebSocket,
  connectionParams: () => ({ Authorization: authorization }),
  shouldRetry: () => true,
  retryAttempts: Infinity,
  retryWait: network.isThere,
});

/** Sends subscriptions. graphql-ws writes the variables anew for every connection, with the position that they hold then. */
const live = new ApolloLink(
  (operation) =>
    new Observable((observer) => {
      const variables = { ...operation.variables };
      const payload = { query: print(operation.query), operationName: operation.operationName, variables };
      return sockets.subscribe(payload, {
        next(result) {
          keepPosition(variables, result.data);
          observer.next(result as never);
        },
        error: (error) => observer.error(error),
        complete: () => observer.complete(),
      });
    }),
);

const kind = (document: Parameters<typeof getMainDefinition>[0]) => {
  const definition = getMainDefinition(document);
  return definition.kind === "OperationDefinition" ? definition.operation : undefined;
};
const client = new ApolloClient({
  link: ApolloLink.split(({ query }) => kind(query) === "subscription", live, new HttpLink({ uri: endpoint, headers: { authorization } })),
  cache: new InMemoryCache(),
});

await resume("Apollo", {
  async ask(document, variables) {
    return (await client.mutate({ mutation: document, variables } as never)).data as never;
  },
  follow(document, variables, next) {
    const subscription = client.subscribe({ query: document, variables } as never).subscribe(({ data }) => next(data as never));
    return () => subscription.unsubscribe();
  },
  cut: () => sockets.terminate(),
}, network);
await sockets.dispose();
client.stop();
