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
    const all = Number(await total());
    await page.getByLabel("Submitted in").selectOption({ label: "Last 1 month" });
    await page.waitForURL(/months=1/);
    await expect.poll(async () => Number(await total())).toBeLessThan(all);
    // A column's list has as many claims as the column says.
    const column = page.locator(".columns-bar[href]").last();
    const count = Number(await column.locator(".columns-value").textContent());
    // Beside the point of the line, which leads to the same list.
    await column.click({ position: { x: 4, y: 4 } });
    await page.locator(".page-head .count", { hasText: new RegExp(`^${count} claims?$`) }).waitFor();
  });

  test("no request left the server, no policy was violated, no error went uncaught", () => stage.isClean());
});
