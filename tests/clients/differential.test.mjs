// Documents by chance, executed by the server and by graphql-js over the same data: the same answers, key by key.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';

import { GraphQLError, buildSchema, execute, parse, validate } from 'graphql';

import { ROOT } from './support/server.mjs';
import { everything, story } from './support/stories.mjs';
import { World } from './support/world.mjs';

/** How many documents are tried, and the seed of the first. In a debug build 10,000 take a few minutes. */
const COUNT = Number(process.env.CPOR_STORIES ?? 3_000);
const SEED = Number(process.env.CPOR_SEED ?? 1);
/** How many are asked at once. */
const ABREAST = 8;

// The limits of documents are tried elsewhere.
const LIMITS = ['COST', 'ALIASES', 'ROOT_FIELDS', 'DIRECTIVES', 'DEPTH', 'SELECTIONS', 'TOKENS'];
const world = await World.start(after, Object.fromEntries(LIMITS.map((limit) => [`CPOR_MAX_${limit}`, '100000'])));
const schema = buildSchema(readFileSync(join(ROOT, 'schema.graphql'), 'utf8'));

await world.draft();
await world.draft();
const { id: followed } = await world.underReview();
for (const word of ['One', 'Two "quoted"', 'Three\nlines']) await world.say(followed, word);
const { id: submitted } = await world.submitted();
await world.say(submitted, 'Only one.');

/** All that the documents can reach, read once, without anything that could be merged. */
const WHOLE = `{
  viewer { ${everything('Viewer')} }
  claims(first: 100) { ${everything('ClaimConnection')} }
}`;
const whole = await world.data('partner', WHOLE);

/** Every object with an id, by its id. */
const objects = new Map();
(function note(value, type) {
  if (Array.isArray(value)) value.forEach((item) => note(item, type));
  else if (value && typeof value === 'object') {
    value.__typename ??= type;
    if (value.id) objects.set(value.id, value);
    for (const [name, below] of Object.entries(value)) {
      const field = schema.getType(type).getFields()[name];
      if (field) note(below, String(field.type).replace(/[[\]!]/g, ''));
    }
  }
})(whole.claims, 'ClaimConnection');
const claims = whole.claims.nodes;
const of = (type) => [...objects.values()].filter((object) => object.__typename === type).map((object) => object.id);
const nodes = ['Claim', 'Customer', 'Partner', 'Product', 'PartnerLocation', 'Comment'];
const ids = { Claim: of('Claim'), Customer: of('Customer'), any: nodes.flatMap(of) };

const fault = (message, code) => new GraphQLError(message, { extensions: { code } });

/** A page as the server makes it. */
function page(all, { first, last }) {
  if ((first ?? last ?? 1) < 1) throw fault('too small', 'BAD_USER_INPUT');
  const rows = last != null ? all.slice(-last) : all.slice(0, first ?? 20);
  return { totalCount: all.length, nodes: rows, edges: rows.map((node) => ({ node })) };
}

const find = (id, type) => {
  const found = objects.get(id);
  return found && (!type || found.__typename === type) ? found : null;
};

const rootValue = {
  viewer: whole.viewer,
  claim: ({ id }) => find(id, 'Claim'),
  customer: ({ id }) => find(id, 'Customer'),
  node: ({ id }) => find(id),
  nodes: ({ ids }) => ids.map((id) => find(id)),
  claims: ({ filter, first, last }) => {
    // An empty list finds nothing.
    const by = (list, value) => !list || list.includes(value);
    return page(claims.filter((claim) => by(filter?.status, claim.status) && by(filter?.ids, claim.id)), { first, last });
  },
};

function fieldResolver(source, args, context, info) {
  const value = source[info.fieldName];
  if (typeof value === 'function') return value(args);
  return info.fieldName === 'comments' ? page(value.nodes, args) : value;
}

/** What graphql-js answers. */
async function expected({ query, variables }) {
  const document = parse(query);
  const errors = validate(schema, document);
  if (errors.length > 0) return { errors, invalid: true };
  return execute({ schema, document, rootValue, variableValues: variables, fieldResolver, typeResolver: (value) => value.__typename });
}

const isRequestError = (answer) => answer.errors?.length > 0 && (!('data' in answer) || (answer.data === null && answer.errors.every((error) => !error.path)));

/** The places of errors with their codes, each once. */
const places = (answer) => new Set((answer.errors ?? []).map((error) => `${error.path.join('.')} ${error.extensions.code}`));

const CODES = new Set(['GRAPHQL_VALIDATION_FAILED', 'BAD_USER_INPUT']);

/** Compares the answers to one document; says which kind it was. */
async function compare(seed) {
  const asked = story(seed, ids);
  const [mine, theirs] = await Promise.all([world.ask('partner', asked.query, asked.variables), expected(asked)]);
  const tell = (what) => `seed ${seed}: ${what}\n${asked.query}\n${JSON.stringify(asked.variables)}\nserver: ${JSON.stringify(mine).slice(0, 3000)}\ngraphql-js: ${JSON.stringify(theirs).slice(0, 3000)}`;
  if (isRequestError(theirs)) {
    assert.ok(mine.errors?.length > 0 && !('data' in mine), tell('a request error for graphql-js alone'));
    for (const error of mine.errors) {
      assert.ok(CODES.has(error.extensions.code) && !error.path, tell('an odd request error'));
    }
    return theirs.invalid ? 'invalid' : 'refused';
  }
  assert.equal(JSON.stringify(mine.data), JSON.stringify(theirs.data), tell('other data'));
  const [seen, told] = [places(mine), places(theirs)];
  assert.deepEqual([...seen].sort(), [...told].sort(), tell('other errors'));
  return told.size > 0 ? 'failed' : 'answered';
}

describe('the server and graphql-js', () => {
  it(`answer ${COUNT} documents alike`, async (test) => {
    const kinds = {};
    let next = SEED;
    const work = async () => {
      while (next < SEED + COUNT) {
        const kind = await compare(next++);
        kinds[kind] = (kinds[kind] ?? 0) + 1;
      }
    };
    await Promise.all(Array.from({ length: ABREAST }, work));
    test.diagnostic(JSON.stringify(kinds));
    for (const kind of ['answered', 'failed', 'refused', 'invalid']) assert.ok(kinds[kind] > COUNT / 1000, JSON.stringify(kinds));
    assert.ok(kinds.answered > COUNT * 0.6, JSON.stringify(kinds));
  });
});
