// Documents by chance, executed by the server and by graphql-js over the same data: the same answers, key by key.
//
// CPOR_STORIES says how many (20,000 take about ten minutes on a debug build), CPOR_SEED where they begin. Seeds that have
// once found a difference are in `differential.seeds.json`; they are tried first, however many there are.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';

import { GraphQLError, Kind, buildSchema, execute, parse, validate } from 'graphql';

import { ROOT } from './support/server.mjs';
import { takers } from './support/inputs.mjs';
import { GIVING, everything, story } from './support/stories.mjs';
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
const TAKERS = takers(schema);
const SEEDS = JSON.parse(readFileSync(new URL('differential.seeds.json', import.meta.url), 'utf8'));

/** The scalars of the API as their descriptions say. */
function scalar(name, read) {
  const parseValue = (value) => {
    const read_ = typeof value === 'string' ? read(value) : undefined;
    if (read_ === undefined) throw new GraphQLError(`not a ${name}`);
    return read_;
  };
  Object.assign(schema.getType(name), {
    parseValue,
    parseLiteral: (node) => {
      if (node.kind !== Kind.STRING) throw new GraphQLError(`not a ${name}`);
      return parseValue(node.value);
    },
  });
}

scalar('UUID', (text) => (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text.trim()) ? text.trim().toLowerCase() : undefined));
scalar('DateTime', (text) => {
  const parts = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/.exec(text);
  if (!parts) return undefined;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number);
  if (hour > 23 || minute > 59 || second > 60 || Number(parts[9] ?? 0) > 23 || Number(parts[10] ?? 0) > 59) return undefined;
  const date = new Date(Date.UTC(2000, month - 1, day));
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  const offset = (parts[8] === '-' ? -1 : 1) * (Number(parts[9] ?? 0) * 60 + Number(parts[10] ?? 0));
  const at = date.getTime() + ((hour * 60 + minute - offset) * 60 + Math.min(second, 59)) * 1000;
  const inYears = at >= Date.parse('0000-01-01T00:00:00Z') && at <= Date.parse('9999-12-31T23:59:59Z');
  return inYears ? at + Number(`0.${parts[7] ?? 0}`) * 1000 : undefined;
});

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
  claims: ({ filter, orderBy, first, last }) => {
    // An empty list finds nothing.
    const by = (list, value) => !list || list.includes(value);
    const is = (wanted, value) => wanted == null || wanted === value;
    const within = ({ from, before }, text) => (from == null || Date.parse(text) >= from) && (before == null || Date.parse(text) < before);
    const found = claims.filter((claim) => by(filter?.status, claim.status) && by(filter?.ids, claim.id)
      && is(filter?.solutionArea, claim.solutionArea) && is(filter?.number, claim.number)
      && within(filter?.createdAt ?? {}, claim.createdAt) && is(filter?.inArbitration, false));
    return page(orderBy?.direction === 'ASC' ? found.reverse() : found, { first, last });
  },
};

function fieldResolver(source, args, context, info) {
  const value = source[info.fieldName];
  if (typeof value === 'function') return value(args);
  return info.fieldName === 'comments' ? page(value.nodes, args) : value;
}

/** What graphql-js answers. */
async function expected({ query, variables, operationName }) {
  let document;
  try {
    document = parse(query);
  } catch (error) {
    return { errors: [error], invalid: true, unreadable: true };
  }
  const errors = validate(schema, document);
  if (errors.length > 0) return { errors, invalid: true };
  const typeResolver = (value) => value.__typename;
  // GraphQL over HTTP: an empty name is as if there were none.
  return execute({ schema, document, rootValue, variableValues: variables, operationName: operationName || undefined, fieldResolver, typeResolver });
}

/** What the server answers to the text that was made. */
async function answered({ query, json, operationName }) {
  const name = operationName === undefined ? '' : `"operationName":${JSON.stringify(operationName)},`;
  const body = `{${name}"query":${JSON.stringify(query)},"variables":${json}}`;
  const headers = { authorization: `Bearer ${world.tokens.partner}`, 'content-type': 'application/json' };
  return (await fetch(world.server.url, { method: 'POST', headers, body })).json();
}

const isRequestError = (answer) => answer.errors?.length > 0 && (!('data' in answer) || (answer.data === null && answer.errors.every((error) => !error.path)));

/** The places of errors with their codes, each once. */
const places = (answer) => new Set((answer.errors ?? []).map((error) => `${error.path.join('.')} ${error.extensions.code}`));

const CODES = new Set(['GRAPHQL_VALIDATION_FAILED', 'BAD_USER_INPUT', 'OPERATION_RESOLUTION_FAILURE']);

/**
 * Whether a condition of `@skip` or `@include` is null, which its variable's type allows: graphql-js makes null of the object
 * around it when it comes there, the server refuses the request before anything is done (docs/decisions).
 */
const hasNullCondition = ({ query, variables }) =>
  Object.entries(variables).some(([name, value]) => value === null && new RegExp(`@(skip|include)\\(if: \\$${name}\\)`).test(query));

/** Compares the answers to one document; says which kind it was. */
async function compare(seed) {
  const asked = story(seed, ids, TAKERS);
  const [mine, theirs] = await Promise.all([answered(asked), expected(asked)]);
  const tell = (what) => `seed ${seed}: ${what}\n${asked.query}\n${asked.json} ${asked.operationName}\nserver: ${JSON.stringify(mine).slice(0, 3000)}\ngraphql-js: ${JSON.stringify(theirs).slice(0, 3000)}`;
  // The variable may belong to an operation that is not executed: then the answers are compared like all others.
  if (!theirs.invalid && hasNullCondition(asked) && !('data' in mine)) {
    assert.ok(mine.errors?.length > 0 && CODES.has(mine.errors[0].extensions.code), tell('a null condition'));
    return 'refused';
  }
  if (isRequestError(theirs)) {
    assert.ok(mine.errors?.length > 0 && !('data' in mine), tell('a request error for graphql-js alone'));
    for (const error of mine.errors) {
      const fits = theirs.unreadable ? error.extensions.code === 'GRAPHQL_PARSE_FAILED' : CODES.has(error.extensions.code);
      assert.ok(fits && !error.path, tell('an odd request error'));
    }
    return theirs.invalid ? 'invalid' : 'refused';
  }
  assert.equal(JSON.stringify(mine.data), JSON.stringify(theirs.data), tell('other data'));
  const [seen, told] = [places(mine), places(theirs)];
  // Where a null goes up, graphql-js stops at the first error below it; the server tells of all that were found.
  for (const place of told) assert.ok(seen.has(place), tell(`no error at ${place}`));
  for (const place of seen) assert.ok(told.has(place) || (told.size > 0 && /(^|\.)bad BAD_USER_INPUT$/.test(place)), tell(`an error at ${place}`));
  return told.size > 0 ? 'failed' : 'answered';
}

describe('the server and graphql-js', () => {
  it(`answer ${COUNT} documents alike`, async (test) => {
    const kinds = {};
    const seeds = (function* () {
      yield* SEEDS;
      for (let seed = SEED; seed < SEED + COUNT; seed += 1) yield seed % 3 === 0 ? GIVING + seed : seed;
    })();
    const different = [];
    const work = async () => {
      for (const seed of seeds) {
        try {
          const kind = await compare(seed);
          kinds[kind] = (kinds[kind] ?? 0) + 1;
        } catch (error) {
          different.push(error);
          if (different.length > 20) return;
        }
      }
    };
    await Promise.all(Array.from({ length: ABREAST }, work));
    assert.equal(different.length, 0, different.slice(0, 20).map((error) => error.message).join('\n\n'));
    test.diagnostic(JSON.stringify(kinds));
    for (const kind of ['answered', 'failed', 'refused', 'invalid']) assert.ok(kinds[kind] > COUNT / 1000, JSON.stringify(kinds));
    assert.ok(kinds.answered > COUNT * 0.5, JSON.stringify(kinds));
  });
});
