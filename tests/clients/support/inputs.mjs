/**
 * Values of every input type of a schema by chance, most of them good, written out or sent as variables. The field that takes
 * them is skipped: only whether they are taken at all is compared.
 *
 * @module
 */
import { isEnumType, isInputObjectType, isListType, isNonNullType } from 'graphql';

/** What takes another kind of value than the types say, and is tried elsewhere. */
const NOT_HERE = new Set(['AttachProofOfExecutionInput', 'Upload']);

/** The fields of the roots with arguments, each with its operation. */
export function takers(schema) {
  const of = (operation, type) =>
    Object.values(type.getFields())
      .filter((field) => field.args.length > 0 && !field.args.some((arg) => NOT_HERE.has(`${arg.type}`.replace(/[[\]!]/g, ''))))
      .map((field) => ({ operation, field }));
  return [...of('query', schema.getQueryType()), ...of('mutation', schema.getMutationType())];
}

const LEAVES = {
  Int: (made) => made.one([0, 1, -7, 2 ** 31 - 1, -(2 ** 31)]),
  Float: (made) => made.one([0, 1.5, -2]),
  String: (made) => made.one(['', 'a', 'Győr "x"', 'two\nlines', '😀']),
  Boolean: (made) => made.maybe(0.5),
  ID: (made) => made.one(['x', '', 7, -1, 2 ** 40]),
  DateTime: (made) => made.one(['2026-01-31T00:00:00Z', '0000-01-01T00:00:00Z', '9999-12-31T23:59:59.999999Z', '2026-01-31t10:00:00.5+05:30']),
  UUID: (made) => made.one(['f2e48cb3-9da0-42cd-8464-4a54ce198ad0', 'F2E48CB3-9DA0-42CD-8464-4A54CE198AD0']),
};

const ODD = [1, -1, 1.5, 2 ** 31, 2 ** 40, true, '', 'odd', 'EDITING', {}, [], [[]], { odd: 1 }, [null], '2026-02-30T00:00:00Z', '2026-01-31', 'f2e48cb3'];
const ODD_TEXTS = ['1.0', '1e0', '-0', '99999999999', '"EDITING"', 'EDITING', 'editing', 'true', '"true"', '""', '{}', '[]', '[[]]', '[null]', '{ odd: 1 }', 'null', '$odd', '"\\u{D800}"'];

/** A value of the type, as JSON has it; now and then of none. */
function value(made, type, depth = 0) {
  if (made.maybe(0.01)) return made.one(ODD);
  if (isNonNullType(type)) return made.maybe(0.005) ? null : some(made, type.ofType, depth);
  return made.maybe(0.15) ? null : some(made, type, depth);
}

function some(made, type, depth) {
  if (isListType(type)) {
    if (made.maybe(0.15)) return value(made, type.ofType, depth);
    return Array.from({ length: made.below(3) }, () => value(made, type.ofType, depth));
  }
  if (isEnumType(type)) return made.one(type.getValues()).name;
  if (!isInputObjectType(type)) return LEAVES[type.name](made);
  const fields = Object.values(type.getFields()).filter((field) => (isNonNullType(field.type) ? !made.maybe(0.01) : made.maybe(depth > 2 ? 0 : 0.3)));
  const entries = fields.map((field) => [field.name, value(made, field.type, depth + 1)]);
  if (made.maybe(0.01)) entries.push(['odd', 1]);
  return Object.fromEntries(entries);
}

/** A value written out, as it is or as a variable. */
function literal(made, type, json, depth = 0) {
  if (made.maybe(depth > 0 ? 0.1 : 0.5)) return made.variable(`${type}`, json, made.maybe(0.1) ? written(made, type, json) : undefined);
  if (made.maybe(0.01)) return made.one(ODD_TEXTS);
  return written(made, type, json, depth);
}

/** A value without variables, or, below `depth`, with some. */
function written(made, type, json, depth) {
  const bare = isNonNullType(type) ? type.ofType : type;
  const below = (of, one) => (depth === undefined ? written(made, of, one) : literal(made, of, one, depth + 1));
  if (json === null) return 'null';
  if (Array.isArray(json)) return `[${json.map((one) => below(isListType(bare) ? bare.ofType : bare, one)).join(', ')}]`;
  const item = isListType(bare) ? bare.ofType : bare;
  const named = isNonNullType(item) ? item.ofType : item;
  if (typeof json === 'object') {
    const fields = isInputObjectType(named) ? named.getFields() : {};
    const entries = Object.entries(json).map(([name, one]) => `${name}: ${below(fields[name]?.type ?? named, one)}`);
    if (made.maybe(0.005) && entries.length > 0) entries.push(entries[0]);
    return `{ ${entries.join(' ')} }`;
  }
  if (isEnumType(named) && typeof json === 'string' && /^\w+$/.test(json)) return made.maybe(0.02) ? `"${json}"` : json;
  return typeof json === 'string' ? made.text(json) : String(json);
}

/** A document that gives a field values for its arguments, and skips it. */
export function giving(made, all) {
  const { operation, field } = made.one(all);
  const args = [];
  for (const arg of field.args) {
    if (!isNonNullType(arg.type) && made.maybe(0.5)) continue;
    args.push(`${arg.name}: ${literal(made, arg.type, value(made, arg.type))}`);
  }
  if (made.maybe(0.01)) args.push(made.one(['odd: 1', args[0] ?? 'odd: 2']));
  const given = args.length > 0 ? `(${args.join(', ')})` : '';
  const declared = [...made.declared].map(([name, type]) => `$${name}: ${type}`).join(', ');
  return `${operation}${declared ? `(${declared})` : ''} { ${field.name}${given} @skip(if: true) { __typename } }`;
}
