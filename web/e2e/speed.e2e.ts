/** How the console holds out with many claims, and how soon it can be used. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { open, signIn, type Window } from "./browser";
import { startDemo, type Demo } from "./server";

const CLAIMS = 1_200;
const FRAMES = 180;

let demo: Demo;
let window_: Window;

beforeAll(async () => {
  demo = await startDemo(CLAIMS);
  window_ = await open(demo.url);
}, 120_000);

afterAll(async () => {
  await window_?.context.close();
  await demo?.stop();
});

test("the first page can be used soon", async () => {
  const { page } = window_;
  const times: number[] = [];
  for (let run = 0; run < 5; run += 1) {
    await page.goto("/");
    await page.locator(".person button").first().waitFor();
    times.push(await page.evaluate(() => Math.round(performance.now())));
  }
  console.info(`milliseconds until the first person can be clicked: ${times.join(", ")}`);
  // The aim is one second; a machine that tests other things at the same time gets more.
  expect(Math.min(...times)).toBeLessThan(1_000);
});

test("a list of a thousand claims keeps only what is seen in the document", { timeout: 120_000 }, async () => {
  const { page } = window_;
  await signIn(page, "Axel Noor");
  await page.goto("/console/claims");
  await page.locator(".table-body .table-row").first().waitFor();
  const loaded = () => page.evaluate(() => document.querySelector(".table-body")?.clientHeight ?? 0);
  const bottom = () => page.evaluate(() => document.querySelector(".table-scroll")?.scrollBy(0, 1e6));
  for (let tries = 0; tries < 200 && (await loaded()) < 1_000 * 64; tries += 1) {
    await bottom();
    await page.waitForTimeout(60);
  }
  expect(await loaded()).toBeGreaterThanOrEqual(1_000 * 64);
  expect(await page.locator(".table-body .table-row").count()).toBeLessThan(60);
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const busy = async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return (metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0) * 1_000;
  };
  const before = await busy();
  const frames = await page.evaluate(async (count) => {
    const scroller = document.querySelector(".table-scroll");
    const times: number[] = [];
    let last = performance.now();
    scroller?.scrollTo(0, 0);
    for (let frame = 0; frame < count; frame += 1) {
      scroller?.scrollBy(0, 120);
      await new Promise((done) => requestAnimationFrame(done));
      const now = performance.now();
      times.push(now - last);
      last = now;
    }
    return times.sort((a, b) => a - b);
  }, FRAMES);
  // What the page's thread works for a frame does not depend on what else this machine does; when it is drawn does.
  const work = Math.round((10 * ((await busy()) - before)) / FRAMES) / 10;
  const at = (share: number) => Math.round((frames[Math.floor(frames.length * share)] ?? 0) * 10) / 10;
  console.info(`milliseconds for a frame while scrolling: ${work} of work, median ${at(0.5)}, 95 of 100 ${at(0.95)}`);
  expect(work).toBeLessThan(1_000 / 60);
});
