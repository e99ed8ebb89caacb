import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { buildSchema, parse, validate } from "graphql";
import { expect, test } from "vitest";
import { savedExamples } from "../src/graphiql-examples";
import type { Face } from "../src/viewer";

const schema = buildSchema(readFileSync(resolve(import.meta.dirname, "../../schema.graphql"), "utf8"));

test.each<Face>(["partner", "vendor", "customer", "directory"])("the example queries for %s are valid, named and explained", (face) => {
  const examples = savedExamples(face, true);
  expect(examples.length).toBeGreaterThan(2);
  for (const { query } of examples) {
    expect(query).toMatch(/^# .+\.\n/);
    const document = parse(query);
    expect(validate(schema, document)).toEqual([]);
    expect(document.definitions.map((one) => "name" in one && one.name?.value)).not.toContain(undefined);
  }
});
