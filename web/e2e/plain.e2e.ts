/** The plain page of a binary without the console. Run only where `CPOR_PLAIN` says that this one has none. */
import { spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findings, open, shot } from "./browser";

const URL_ = "http://127.0.0.1:8499";

test.skipIf(!process.env.CPOR_PLAIN)("the plain page asks, shows answers and picks a person", async () => {
  const folder = mkdtempSync(join(tmpdir(), "cpor-plain-"));
  const server = spawn(process.env.CPOR_BIN ?? "", ["demo", "--listen", "127.0.0.1:8499"], { cwd: folder, stdio: "ignore" });
  try {
    await expect.poll(() => fetch(`${URL_}/readyz`).then((answer) => answer.ok, () => false), { timeout: 30_000 }).toBe(true);
    const { page, watch, context } = await open(URL_);
    await page.goto("/");
    await page.locator("#person").selectOption({ index: 5 });
    await page.getByRole("button", { name: /Run/ }).click();
    await page.locator("#answer", { hasText: "rita@vendor.example" }).waitFor();
    await shot(page, "plain-light");
    await page.locator("#query").fill("subscription { claimStatusChanged { toStatus } }");
    await page.getByRole("button", { name: /Run/ }).click();
    await page.getByText("Status 200").waitFor();
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByText("Stopped").waitFor();
    expect(await findings(page)).toEqual([]);
    expect(watch).toEqual({ violations: [], errors: [], foreign: [] });
    await context.close();
  } finally {
    server.kill("SIGTERM");
  }
});
