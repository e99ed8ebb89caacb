/** Apollo Client 4: HTTP for queries and mutations, a WebSocket for subscriptions, and a small link for uploads. */
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, Observable } from "@apollo/client";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { getMainDefinition } from "@apollo/client/utilities";
import { print } from "graphql";
import { createClient } from "graphql-ws";
import WebSocket from "ws";
import { authorization, endpoint, story, type Api } from "./story.js";

const headers = { authorization };

const sockets = createClient({
  url: endpoint.replace(/^http/, "ws"),
  webSocketImpl: WebSocket,
  // A function is asked on every connection, so that a fresh token can be given.
  connectionParams: () => ({ Authorization: authorization }),
  shouldRetry: () => true,
});

/** Sends the file of `input.file` by the GraphQL multipart request specification. */
const uploads = new ApolloLink((operation) => {
  const { file, ...input } = operation.variables.input as { file: File };
  const form = new FormData();
  form.append("operations", JSON.stringify({ query: print(operation.query), variables: { input: { ...input, file: null } } }));
  form.append("map", JSON.stringify({ "0": ["variables.input.file"] }));
  form.append("0", file, file.name);
  return new Observable((observer) => {
    fetch(endpoint, { method: "POST", headers, body: form })
      .then((response) => response.json())
      .then((answer) => {
        observer.next(answer);
        observer.complete();
      }, (error: unknown) => observer.error(error));
  });
});

const hasFile: Parameters<typeof ApolloLink.split>[0] = ({ variables }) => variables.input?.file instanceof File;
const isLive: Parameters<typeof ApolloLink.split>[0] = ({ query }) => {
  const definition = getMainDefinition(query);
  return definition.kind === "OperationDefinition" && definition.operation === "subscription";
};

const client = new ApolloClient({
  link: ApolloLink.split(isLive, new GraphQLWsLink(sockets), ApolloLink.split(hasFile, uploads, new HttpLink({ uri: endpoint, headers }))),
  cache: new InMemoryCache(),
});

const api: Api = {
  async ask(document, variables) {
    const isMutation = getMainDefinition(document).kind === "OperationDefinition" && /^mutation/.test(print(document));
    const { data } = isMutation
      ? await client.mutate({ mutation: document, variables } as never)
      : await client.query({ query: document, variables, fetchPolicy: "network-only" } as never);
    return data as never;
  },
  follow(document, variables, next) {
    const subscription = client.subscribe({ query: document, variables } as never).subscribe(({ data }) => next(data as never));
    return () => subscription.unsubscribe();
  },
};

await story("Sales, by Apollo", api);
await sockets.dispose();
client.stop();
