import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import en from "../src/messages/en.json";
import hu from "../src/messages/hu.json";
import sv from "../src/messages/sv.json";
import tr from "../src/messages/tr.json";
import { preferredLanguage, translate, type Messages } from "../src/i18n";

const files = { en, tr, hu, sv } as unknown as Record<string, Messages>;
const source = resolve(import.meta.dirname, "../src");

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return /\.tsx?$/.test(entry.name) && entry.name !== "generated.ts" ? [readFileSync(path, "utf8")] : [];
  });
}

const parameters = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();

describe("every language", () => {
  for (const [language, messages] of Object.entries(files)) {
    test(`${language} has the same keys, parameters and plural forms as the language needs`, () => {
      expect(Object.keys(messages).sort()).toEqual(Object.keys(en).sort());
      const categories = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
      for (const [key, message] of Object.entries(messages)) {
        const english = (files.en as Messages)[key as keyof typeof en];
        expect(typeof message, key).toBe(typeof english);
        if (typeof message === "string") {
          expect(message.trim(), key).not.toBe("");
          expect(parameters(message), key).toEqual(parameters(english as string));
        } else {
          for (const category of categories) expect(message[category], `${key} ${category}`).toMatch(/\{count\}/);
        }
      }
    });
  }
});

test("every key that the code names exists", () => {
  const code = sources(source).join("\n");
  const named = [...code.matchAll(/\bt\(\s*"([\w.]+)"/g)].map((match) => match[1] as string);
  expect(named.length).toBeGreaterThan(100);
  for (const key of named) expect(Object.keys(en)).toContain(key);
});

test("every value of an enum that is shown has a text", () => {
  const schema = readFileSync(resolve(source, "../../schema.graphql"), "utf8");
  const values = (name: string) => {
    const body = schema.match(new RegExp(`^enum ${name} \\{([^}]*)\\}`, "m"))?.[1] ?? "";
    return [...body.replaceAll(/"""[\s\S]*?"""/g, "").matchAll(/^\s+([A-Z][A-Z0-9_]+)$/gm)].map((match) => match[1] as string);
  };
  const groups: Record<string, string> = {
    status: "ClaimStatus",
    deadlineKind: "DeadlineKind",
    action: "HistoryAction",
    activity: "Activity",
    area: "SolutionArea",
    program: "IncentiveProgram",
    channel: "SubscriptionChannel",
    consent: "ConsentStatus",
    dispute: "DisputeStatus",
    evaluation: "EvaluationStatus",
    arbitration: "ArbitrationStatus",
    outcome: "LineOutcome",
    reason: "ActionReason",
    template: "ActionReason",
    rejection: "RejectionReason",
    role: "Role",
    may: "Role",
    sort: "ClaimOrderField",
  };
  for (const [group, name] of Object.entries(groups)) {
    expect(values(name).length, name).toBeGreaterThan(1);
    for (const value of values(name)) expect(Object.keys(en), `${group}.${value}`).toContain(`${group}.${value}`);
  }
});

test("plural rules and numbers are the language's", () => {
  const text = (language: string, count: number) => translate(files[language] as Messages, language, "deadline.left", { count });
  expect(text("en", 1)).toBe("1 business day left");
  expect(text("en", 5)).toBe("5 business days left");
  expect(text("sv", 1)).toBe("1 arbetsdag kvar");
  expect(text("sv", 1234)).toBe("1\u00a0234 arbetsdagar kvar");
  expect(text("tr", 2)).toBe("2 iş günü kaldı");
  expect(text("hu", 2)).toBe("2 munkanap van hátra");
  expect(translate(files.en as Messages, "en", "front.current", { name: "Ines" })).toBe("You are Ines, {company}.");
});

test("the browser's languages choose, in their order", () => {
  expect(preferredLanguage(["de-DE", "hu-HU", "en"])).toBe("hu");
  expect(preferredLanguage(["sv"])).toBe("sv");
  expect(preferredLanguage(["de"])).toBe("en");
});
