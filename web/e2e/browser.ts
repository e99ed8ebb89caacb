/** Chromium for the end-to-end tests, with everything recorded that must not happen. */
import { existsSync, mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import axe from "axe-core";
import { chromium, type BrowserContext, type Page } from "playwright-core";

export const SCREENSHOTS = resolve(import.meta.dirname, "screenshots");
const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) => existsSync(path));

export interface Watch {
  /** Violations of the content security policy. */
  violations: string[];
  /** Errors that no code caught. */
  errors: string[];
  /** Requests that left the server's origin. */
  foreign: string[];
}

export interface Window {
  context: BrowserContext;
  page: Page;
  watch: Watch;
}

export interface Look {
  colorScheme?: "light" | "dark";
  width?: number;
  height?: number;
  locale?: string;
}

/** One browser for each look, with a profile of its own. */
export async function open(url: string, look: Look = {}): Promise<Window> {
  if (!CHROMIUM) throw new Error("No Chromium is installed.");
  const context = await chromium.launchPersistentContext(mkdtempSync(join(tmpdir(), "cpor-chromium-")), {
    executablePath: CHROMIUM,
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
    viewport: { width: look.width ?? 1280, height: look.height ?? 860 },
    colorScheme: look.colorScheme ?? "light",
    locale: look.locale ?? "en-US",
    reducedMotion: "reduce",
    baseURL: url,
  });
  const page = context.pages()[0] ?? (await context.newPage());
  return { context, page, watch: await observe(page, url) };
}

async function observe(page: Page, url: string): Promise<Watch> {
  const watch: Watch = { violations: [], errors: [], foreign: [] };
  // A machine that builds something at the same time answers late.
  page.setDefaultTimeout(20_000);
  page.on("pageerror", (error) => watch.errors.push(String(error)));
  page.on("console", (message) => {
    if (/Content Security Policy/i.test(message.text())) watch.violations.push(message.text());
  });
  page.on("request", (request) => {
    if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(url)) watch.foreign.push(request.url());
  });
  page.on("websocket", (socket) => {
    if (!socket.url().startsWith(url.replace(/^http/, "ws"))) watch.foreign.push(socket.url());
  });
  return watch;
}

/** A second window of the same browser, such as another person's: `sessionStorage` is not shared between tabs. */
export async function second(window: Window, url: string): Promise<Window> {
  const page = await window.context.newPage();
  return { context: window.context, page, watch: await observe(page, url) };
}

export async function shot(page: Page, name: string) {
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
}

/** The findings of axe on the page as it is, as `rule: element`. */
export async function findings(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const run = (globalThis as unknown as { axe: typeof axe }).axe.run;
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    const { violations } = await run(document, { runOnly: { type: "tag", values: tags } });
    return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.any[0]?.message ?? ""}`));
  });
}

/** Presses Tab until what has the focus is called like this. Everything on the way must show that it has the focus. */
export async function tabTo(page: Page, name: RegExp) {
  for (let presses = 0; presses < 150; presses += 1) {
    await page.keyboard.press("Tab");
    const focused = await page.evaluate(() => {
      const element = document.activeElement as HTMLElement;
      const label = element.id ? document.querySelector(`label[for="${element.id}"]`)?.textContent : null;
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      return {
        name: (element.getAttribute("aria-label") ?? label ?? element.closest("label")?.textContent ?? element.textContent ?? "").trim(),
        isSeen: element === document.body || (outlineStyle !== "none" && outlineWidth !== "0px"),
      };
    });
    if (!focused.isSeen) throw new Error(`${focused.name} does not show that it has the focus.`);
    if (name.test(focused.name)) return;
  }
  throw new Error(`Nothing that Tab reaches is called ${name}.`);
}

/** Signs in as one of the demo's people by a click on the first page. */
export async function signIn(page: Page, name: string) {
  await page.goto("/");
  await page.locator(".person", { hasText: name }).getByRole("button").first().click();
  await page.waitForURL(/\/console\/.+/);
}
