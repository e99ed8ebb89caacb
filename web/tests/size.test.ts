import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";

const dist = resolve(import.meta.dirname, "../dist");
const LIMIT = 250_000;

/** What a browser loads for the console: the page, its entry, and what the entry imports at once; without GraphiQL and PDF. */
function firstLoad(): string[] {
  const page = readFileSync(`${dist}/index.html`, "utf8");
  const files = new Set(["index.html", ...[...page.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map((match) => match[1] as string)]);
  for (const file of files) {
    if (!file.endsWith(".js")) continue;
    for (const match of readFileSync(`${dist}/${file}`, "utf8").matchAll(/(?:^|[;}])import(?:[^"'()]*from)?\s*["']\.\/([^"']+)["']/g)) {
      files.add(`assets/${match[1]}`);
    }
  }
  return [...files];
}

test.skipIf(!existsSync(dist))("the first load is under 250 KB compressed", () => {
  const files = firstLoad();
  const bytes = files.map((file) => readFileSync(`${dist}/${file}.gz`).length).reduce((sum, size) => sum + size, 0);
  expect(files.length).toBeGreaterThan(2);
  expect(files.join()).not.toMatch(/graphiql|pdf/);
  console.info(`first load: ${files.length} files, ${bytes} bytes as gzip`);
  expect(bytes).toBeLessThan(LIMIT);
});

test.skipIf(!existsSync(dist))("nothing in the page or its style is inline or from elsewhere", () => {
  const page = readFileSync(`${dist}/index.html`, "utf8");
  expect(page).not.toMatch(/https?:\/\/|<style|style=|<script(?![^>]*src=)/);
});
