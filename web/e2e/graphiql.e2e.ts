/** GraphiQL with each person's example queries. */
import { describe, expect, test } from "vitest";
import { savedExamples } from "../src/graphiql-examples";
import type { Face } from "../src/viewer";
import { Stage } from "./support";

const stage = new Stage();

describe("the example queries of GraphiQL", () => {
  const DEMO: [string, Face][] = [
    ["INCENTIVES_USER", "partner"],
    ["BRIGHTWATER_ADMIN", "partner"],
    ["REVIEWER", "vendor"],
    ["AUDITOR", "vendor"],
    ["CUSTOMER_ADMIN", "customer"],
    ["DIRECTORY_SYNC", "directory"],
  ];
  for (const [person, face] of DEMO) {
    test(`run without an error for ${person}`, async () => {
      for (const { query, variables } of savedExamples(face, false)) {
        if (query.includes("subscription ")) continue;
        const data = await stage.ask<Record<string, unknown>>(person, query, variables ? (JSON.parse(variables) as Record<string, unknown>) : {});
        expect(Object.values(data).length).toBeGreaterThan(0);
      }
    });
  }

  test("the live one shows what happens", async () => {
    const window = await stage.window();
    const { page } = window;
    await page.goto("/");
    await page.locator(".person", { hasText: "Ines Alder" }).getByRole("button", { name: /GraphiQL/ }).click();
    await page.locator(".graphiql-query-editor .CodeMirror", { hasText: "viewer" }).waitFor();
    await page.getByRole("tab", { name: "Live" }).click();
    await page.locator(".graphiql-query-editor .CodeMirror", { hasText: "claimStatusChanged" }).waitFor();
    // Listened for before the button is pressed: on a slow machine the server may answer before the press is done.
    const acknowledged = new Promise<void>((resolve) => {
      page.on("websocket", (socket) =>
        socket.on("framereceived", ({ payload }) => {
          if (String(payload).includes("connection_ack")) resolve();
        }),
      );
    });
    await page.getByRole("button", { name: /Execute query/ }).click();
    await acknowledged;
    await expect
      .poll(async () => {
        await stage.ask("AUDITOR", 'mutation { advanceClock(input: { by: "P1D" }) { now } }');
        return page.locator(".result-window").textContent();
      }, { timeout: 15_000, interval: 1_000 })
      .toContain("claimStatusChanged");
    await window.context.close();
  });
});
