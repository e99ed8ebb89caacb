/** Every screen in every look and language: axe, overflow, missing texts, and the content security policy. */
import { describe, expect, test } from "vitest";
import { findings, open, shot, signIn, type Window } from "./browser";
import { QUICK, Stage } from "./support";

const stage = new Stage();

/** One screen or more of each face. */
const SOME = new Set(["front", "board", "new-claim", "claim", "queue", "review", "arbitration", "customer"]);

describe("quality", () => {
  const SCREENS: [string, string, (person: string) => Promise<string>][] = [
    ["front", "", async () => "/"],
    ["board", "Ines Alder", async () => "/console/board"],
    ["claims", "Ines Alder", async () => "/console/claims"],
    ["new-claim", "Ines Alder", async () => "/console/new?example=six"],
    ["claim", "Ines Alder", async () => `/console/claims/${(await stage.claimNamed("INCENTIVES_ADMIN", "Classroom adoption program")).id}`],
    ["associations", "Ines Alder", async () => "/console/associations"],
    ["statistics", "Ines Alder", async () => "/console/statistics"],
    ["queue", "Lena Hart", async () => "/console/queue"],
    ["review", "Lena Hart", async () => `/console/claims/${(await stage.claimNamed("REVIEW_LEAD", "Ward tablets")).id}`],
    ["reviewers", "Lena Hart", async () => "/console/reviewers"],
    ["review-statistics", "Lena Hart", async () => "/console/statistics"],
    ["arbitrations", "Lena Hart", async () => "/console/arbitrations"],
    [
      "arbitration",
      "Lena Hart",
      async () => {
        const { arbitrations } = await stage.ask<{ arbitrations: { nodes: { id: string }[] } }>("REVIEW_LEAD", "{ arbitrations { nodes { id } } }");
        return `/console/arbitrations/${arbitrations.nodes[0]?.id}`;
      },
    ],
    ["customer", "Nora Reyes", async () => "/console/consents"],
    ["directory", "Directory sync", async () => "/console/directory"],
  ];

  /** Goes through every screen, signing in once for each person. */
  async function eachScreen(window: Window, visit: (name: string) => Promise<void>, only = SOME) {
    let person = "";
    for (const [name, wanted, path] of SCREENS.filter(([screen]) => !QUICK || only.has(screen))) {
      if (wanted && wanted !== person) await signIn(window.page, wanted);
      person = wanted;
      await window.page.goto(await path(wanted));
      await window.page.locator("main h1").waitFor();
      await expect.poll(() => window.page.locator(".skeleton").count(), { timeout: 10_000 }).toBe(0);
      if (name === "new-claim") await window.page.getByText(/6 /).first().waitFor();
      if (name === "review") await window.page.locator(".pdf canvas").waitFor();
      // Also the reasons of the actions that are not available.
      for (const summary of await window.page.locator(".closed-rest summary").all()) await summary.click();
      await visit(name);
    }
  }

  const LOOKS: Record<string, { colorScheme: "light" | "dark"; width: number; height: number }> = {
    light: { colorScheme: "light" as const, width: 1440, height: 900 },
    dark: { colorScheme: "dark" as const, width: 1440, height: 900 },
    ...(QUICK ? {} : { wide: { colorScheme: "light" as const, width: 2560, height: 1300 } }),
    phone: { colorScheme: "light" as const, width: 320, height: 720 },
  };

  for (const [look, options] of Object.entries(LOOKS)) {
    test(`axe finds nothing and nothing overflows: ${look}`, { timeout: 180_000 }, async () => {
      const window = await stage.window(options);
      await eachScreen(window, async (name) => {
        await shot(window.page, `${name}-${look}`);
        expect(await findings(window.page), name).toEqual([]);
        const width = await window.page.evaluate(() => document.documentElement.scrollWidth);
        expect(width, `${name} is wider than its window`).toBeLessThanOrEqual(options.width);
      });
      await window.context.close();
    });
  }

  test("axe finds nothing in the dialogs, dark and light", async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      const window = await stage.window({ colorScheme });
      const { page } = window;
      const look = async (name: string) => {
        await page.getByRole("dialog").waitFor();
        await shot(page, `dialog-${name}-${colorScheme}`);
        expect(await findings(page), `${name}, ${colorScheme}`).toEqual([]);
        await page.keyboard.press("Escape");
        await expect.poll(() => page.getByRole("dialog").count()).toBe(0);
      };
      await signIn(page, "Lena Hart");
      await page.goto(`/console/claims/${(await stage.claimNamed("REVIEW_LEAD", "Ward tablets")).id}`);
      for (const action of ["Request action", "Reject", "Assign"]) {
        await page.getByRole("button", { name: action, exact: true }).click();
        await look(action.toLowerCase().replace(" ", "-"));
      }
      await page.keyboard.press("/");
      await page.getByRole("dialog").getByRole("combobox").fill("ward");
      await page.getByRole("dialog").getByRole("option").first().waitFor();
      await look("search");
      await page.goto("/console/reviewers");
      await page.getByRole("button", { name: /Set absence/ }).first().click();
      await look("absence");
      await window.context.close();
    }
  });

  for (const [language, locale] of Object.entries({ tr: "tr-TR", hu: "hu-HU", sv: "sv-SE" })) {
    test(`every screen in ${language}: nothing overflows and no key shows`, { timeout: 180_000 }, async () => {
      const window = await stage.window({ locale, width: 1280 });
      await eachScreen(window, async (name) => {
        expect(await window.page.locator("html").getAttribute("lang")).toBe(language);
        await shot(window.page, `${name}-${language}`);
        for (const width of [1280, 320]) {
          await window.page.setViewportSize({ width, height: 860 });
          const found = await window.page.evaluate(() => ({
            width: document.documentElement.scrollWidth,
            // Buttons whose text is wider than they are.
            cut: [...document.querySelectorAll("button, .button, .badge, .status")].filter(
              (element) => element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).display !== "inline" && element.clientWidth > 0,
            ).map((element) => element.textContent),
            keys: document.body.innerText.match(/\b(nav|fact|text|editor|claim|claims|status|action|do|column|proof|timeline)\.[a-zA-Z_]+\b/g),
          }));
          expect(found.width, `${name} at ${width}`).toBeLessThanOrEqual(width);
          expect(found.cut, `${name} at ${width}`).toEqual([]);
          expect(found.keys, name).toBeNull();
        }
        await window.page.setViewportSize({ width: 1280, height: 860 });
      }, new Set(["front", "claim", "queue", "customer"]));
      await window.context.close();
    });
  }

  test("the policy forbids what it should, so that a violation would be seen", async () => {
    // Not one of the windows that must be clean.
    const window = await open(stage.demo.url);
    await window.page.goto("/");
    await window.page.evaluate(() => {
      const element = document.createElement("p");
      element.setAttribute("style", "color: red");
      document.body.append(element);
    });
    await expect.poll(() => window.watch.violations.length).toBeGreaterThan(0);
    await window.context.close();
  });

  test("no request left the server, no policy was violated, no error went uncaught", () => stage.isClean());
});
