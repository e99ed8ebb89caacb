/** A subscription that goes on exactly where it was when the connection broke, whichever client sends it. */
import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { CreateDraftDocument, DeleteDraftDocument, DraftChangedDocument, RenameDraftDocument } from "./generated/graphql.js";
import { accepted, facts } from "./story.js";

/** Keeps the position of an event in the variables of its subscription: what a reconnect sends goes on after it. */
export function keepPosition(variables: Record<string, unknown>, data: unknown): void {
  for (const event of Object.values(data ?? {})) {
    const { position } = (event ?? {}) as { position?: string };
    if (position) variables.after = position;
  }
}

/** A network that can be away. An application has nothing like it: there, `retryWait` and `retry` are left as they are. */
export class Network {
  private returned = Promise.resolve();
  private back = () => {};

  /** Keeps clients from connecting again until the returned function is called. */
  leave(): () => void {
    this.returned = new Promise((resolve) => (this.back = resolve));
    return () => this.back();
  }

  /** Resolves when the network is there. */
  readonly isThere = (): Promise<void> => this.returned;
}

/** What a client must be able to do. */
export interface Connection {
  ask<R, V extends Record<string, unknown>>(document: TypedDocumentNode<R, V>, variables: V): Promise<R>;
  follow<R, V extends Record<string, unknown>>(document: TypedDocumentNode<R, V>, variables: V, next: (data: R) => void): () => void;
  /** Breaks the connection of the subscriptions. */
  cut(): void;
}

export async function resume(name: string, connection: Connection, network: Network): Promise<void> {
  const { createClaim } = await connection.ask(CreateDraftDocument, { input: { name, ...facts } });
  const draft = createClaim.claim;
  if (!draft) throw new Error("The draft was refused.");

  const heard: string[] = [];
  let wake = () => {};
  const until = async (count: number) => {
    while (heard.length < count) await new Promise<void>((resolve) => (wake = resolve));
  };
  const after = draft.history.nodes[0]?.position ?? null;
  const stop = connection.follow(DraftChangedDocument, { claimId: draft.id, after }, ({ historyAppended }) => {
    heard.push(historyAppended.changes.find(({ field }) => field === "name")?.after ?? historyAppended.action);
    wake();
  });

  let version = draft.version;
  const rename = async (to: string) => {
    const input = { claimId: draft.id, expectedVersion: version, name: to };
    version = accepted((await connection.ask(RenameDraftDocument, { input })).updateClaim).version;
  };
  await rename("one");
  await until(1);
  const comeBack = network.leave();
  connection.cut();
  await rename("two"); // while nobody listens
  await rename("three");
  comeBack();
  await rename("four");
  await until(4); // of a draft that is deleted nothing comes but its deletion
  await connection.ask(DeleteDraftDocument, { input: { claimId: draft.id, expectedVersion: version } });
  await until(5);
  stop();
  console.log(`${name}: ${heard.join(", ")}`);
}
