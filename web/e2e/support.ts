/** A demo with its browser windows for one file of tests, and what the tests ask as other programs would. */
import { afterAll, beforeAll, expect } from "vitest";
import { open, second, type Look, type Window } from "./browser";
import { startDemo, type Demo } from "./server";

/** Whether only some stories, screens and looks are tried, as `scripts/test` does; `scripts/test-console` tries all. */
export const QUICK = process.env.CPOR_E2E === "quick";

interface Found {
  claims: { nodes: { id: string; version: number; name: string; status: string }[] };
}

export class Stage {
  demo!: Demo;
  /** The window that the tests of a file share. */
  first!: Window;
  private readonly windows: Window[] = [];

  constructor() {
    beforeAll(async () => {
      this.demo = await startDemo();
      this.first = await this.window();
    });
    afterAll(async () => {
      await Promise.all(this.windows.map(({ context }) => context.close()));
      await this.demo?.stop();
    });
  }

  /** A window of a browser of its own. */
  async window(look?: Look): Promise<Window> {
    return this.watched(await open(this.demo.url, look));
  }

  /** A second window of the same browser. */
  async beside(window: Window): Promise<Window> {
    return this.watched(await second(window, this.demo.url));
  }

  private watched(window: Window): Window {
    this.windows.push(window);
    return window;
  }

  /** One operation as one of the people, as another program would send it. */
  async ask<R>(person: string, query: string, variables: Record<string, unknown> = {}): Promise<R> {
    const response = await fetch(`${this.demo.url}/graphql`, {
      method: "POST",
      headers: { authorization: `Bearer ${this.demo.tokens[person]}`, "content-type": "application/json" },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await response.json()) as { data: R; errors?: unknown };
    if (errors) throw new Error(JSON.stringify(errors));
    return data;
  }

  async claimNamed(person: string, name: string) {
    const query = "query($search: String) { claims(first: 5, filter: { search: $search }) { nodes { id version name status } } }";
    const { claims } = await this.ask<Found>(person, query, { search: name });
    const claim = claims.nodes.find((one) => one.name === name);
    if (!claim) throw new Error(`No claim is named ${name}.`);
    return claim;
  }

  /** No request left the server, no policy was violated, no error went uncaught, in any window so far. */
  isClean() {
    for (const { watch } of this.windows) expect(watch).toEqual({ violations: [], errors: [], foreign: [] });
  }
}
