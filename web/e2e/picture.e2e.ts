/** The picture of the README: a reviewer reads a claim beside its proof. `scripts/picture` keeps it in docs/images. */
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { open, shot, signIn } from "./browser";
import { startDemo } from "./server";

const PICTURE = resolve(import.meta.dirname, "../../docs/images/console.png");

test("the picture of the README", { timeout: 120_000 }, async () => {
  const demo = await startDemo();
  try {
    const { page, context } = await open(demo.url, { width: 1280, height: 800 });
    await signIn(page, "Rita Moss");
    await page.keyboard.press("/");
    await page.getByRole("combobox", { name: /Number, name/ }).fill("ward tablets");
    await page.getByRole("option", { name: /Ward tablets/ }).waitFor();
    await page.keyboard.press("Enter");
    await page.locator(".pdf canvas").waitFor();
    await page.locator(".document .thumbnail").first().waitFor();
    await page.evaluate(() => document.fonts.ready);
    // What has come live is not part of the picture.
    await expect.poll(() => page.locator(".toast").count(), { timeout: 15_000 }).toBe(0);
    await shot(page, "picture");
    if (process.env.CPOR_PICTURE) await page.screenshot({ path: PICTURE });
    await context.close();
  } finally {
    await demo.stop();
  }
});
