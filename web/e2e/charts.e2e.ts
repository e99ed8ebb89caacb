/** The statistics in Chromium: what a chart shows, its list has. */
import { describe, expect, test } from "vitest";
import { signIn } from "./browser";
import { Stage } from "./support";

const stage = new Stage();

describe("statistics", () => {
  test("each bar of the statistics counts what its list counts", async () => {
    const { page } = stage.first;
    await signIn(page, "Lena Hart");
    for (const title of ["By reviewer", "By product", "By solution area", "By reason for rejection"]) {
      await page.goto("/console/statistics");
      const bar = page.locator("section", { has: page.getByRole("heading", { name: title }) }).locator(".bars li").first();
      await bar.waitFor();
      const count = Number.parseInt((await bar.locator(".bar-value").textContent()) ?? "", 10);
      expect(count, title).toBeGreaterThan(0);
      await bar.getByRole("link").click();
      await page.locator(".page-head .count", { hasText: new RegExp(`^${count} claims?$`) }).waitFor();
    }
  });

  test("statistics go by weeks too, and only over the months chosen", async () => {
    const { page } = stage.first;
    await page.goto("/console/statistics");
    await page.getByRole("button", { name: "Week" }).click();
    await page.getByRole("heading", { name: /by week of submission/ }).waitFor();
    const total = () => page.locator(".tile", { hasText: "Claims" }).locator("dd").textContent();
    const all = await total();
    // Two months on, whatever the day of the test, the month has no claim yet, and the last six months have all.
    await stage.ask("AUDITOR", 'mutation { advanceClock(input: { by: "P60D" }) { now } }');
    await page.reload();
    await page.getByLabel("Submitted in").selectOption({ label: "Last 1 month" });
    await page.waitForURL(/months=1/);
    await page.getByText("No claims found").waitFor();
    await page.getByLabel("Submitted in").selectOption({ label: "Last 6 months" });
    await expect.poll(total).toBe(all);
    await page.getByRole("button", { name: "Week" }).click();
    await page.getByRole("heading", { name: /by week of submission/ }).waitFor();
    // A column's list has as many claims as the column says.
    const column = page.locator(".columns-bar[href]", { has: page.locator(".columns-value", { hasText: /[1-9]/ }) }).last();
    const count = Number(await column.locator(".columns-value").textContent());
    // Beside the point of the line, which leads to the same list.
    await column.click({ position: { x: 4, y: 4 } });
    await page.locator(".page-head .count", { hasText: new RegExp(`^${count} claims?$`) }).waitFor();
  });

  test("no request left the server, no policy was violated, no error went uncaught", () => stage.isClean());
});
