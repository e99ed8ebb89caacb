import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { buildSchema, parse, validate } from "graphql";
import { expect, test } from "vitest";
import { operationOf, savedExamples } from "../src/graphiql-examples";
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

test("the operation is the one that the query has, whatever was run before", () => {
  expect(operationOf("subscription Live { a }", "Viewer")[1]).toBe("Live");
  expect(operationOf("{ a }", "Viewer")[1]).toBeNull();
  expect(operationOf("query A { a } query B { b }", "B")[1]).toBe("B");
  expect(operationOf("query {", "A")).toEqual([undefined, "A"]);
});
