/**
 * The reference of the schema as Markdown: one page for each kind of type, one section for each type, in the order of the names.
 *
 * @module
 */
import { buildSchema, isEnumType, isInputObjectType, isInterfaceType, isIntrospectionType, isObjectType, isScalarType, isSpecifiedScalarType, isUnionType } from 'graphql';

/** The pages: file, title, what stands on top. */
const PAGES = [
  ['queries', 'Queries', 'What can be read. Every list is a connection: `first` and `after`, or `last` and `before`.'],
  ['mutations', 'Mutations', 'What can be changed. A refusal by the rules is in `problems`, not among the errors.'],
  ['subscriptions', 'Subscriptions', 'What can be followed, over WebSocket or as an event stream.'],
  ['objects', 'Objects', 'What queries, mutations and subscriptions return.'],
  ['interfaces', 'Interfaces and unions', ''],
  ['inputs', 'Inputs', 'What the arguments take.'],
  ['enums', 'Enums', ''],
  ['scalars', 'Scalars', ''],
];

const slug = (name) => name.toLowerCase();

/** A description on one line, as a table's cell has it. */
const cell = (text) => (text ?? '').replace(/\s*\n\s*/g, ' ').replaceAll('|', '\\|').trim();

/**
 * The Markdown of every page by its file name, and the place of each type.
 *
 * @param {string} sdl the text of `schema.graphql`
 * @returns {{ pages: Map<string, string>, places: Map<string, string> }}
 */
export function reference(sdl) {
  const schema = buildSchema(sdl, { assumeValidSDL: true });
  const roots = new Map([
    [schema.getQueryType(), 'queries'],
    [schema.getMutationType(), 'mutations'],
    [schema.getSubscriptionType(), 'subscriptions'],
  ]);
  const types = Object.values(schema.getTypeMap()).filter((type) => !isIntrospectionType(type));
  const pageOf = (type) => {
    if (roots.has(type)) return roots.get(type);
    if (isObjectType(type)) return 'objects';
    if (isInterfaceType(type) || isUnionType(type)) return 'interfaces';
    if (isInputObjectType(type)) return 'inputs';
    return isEnumType(type) ? 'enums' : 'scalars';
  };
  const listed = types.filter((type) => !roots.has(type) && !(isScalarType(type) && isSpecifiedScalarType(type)));
  const places = new Map(listed.map((type) => [type.name, `${pageOf(type)}.md#${slug(type.name)}`]));
  /** A type with a link to its section, such as [`Claim`](objects.md#claim)`!`. */
  const linked = (type) => {
    const text = String(type);
    const name = text.replace(/[[\]!]/g, '');
    const place = places.get(name);
    return place ? `[\`${text}\`](${place})` : `\`${text}\``;
  };
  const deprecated = ({ deprecationReason }) => (deprecationReason ? `**Deprecated:** ${cell(deprecationReason)} ` : '');
  const table = (head, rows) => [`| ${head.join(' | ')} |`, `|${head.map(() => '---|').join('')}`, ...rows.map((row) => `| ${row.join(' | ')} |`)].join('\n');
  const defaultOf = ({ defaultValue, astNode }) => (defaultValue === undefined ? '' : ` = \`${astNode.defaultValue.value ?? JSON.stringify(defaultValue)}\``);
  const values = (inputs) =>
    table(['name', 'type', ''], inputs.map((one) => [`\`${one.name}\``, linked(one.type) + defaultOf(one), deprecated(one) + cell(one.description)]));
  /** A field of a root type: a section of its own. */
  const operation = (field) =>
    [`## ${field.name}`, '', `Returns ${linked(field.type)}.`, '', deprecated(field) + (field.description ?? ''), '', field.args.length ? values(field.args) : ''].join('\n').trim();
  const fields = (type) =>
    table(
      ['field', 'type', ''],
      Object.values(type.getFields()).map((field) => {
        const args = field.args.length ? ` (${field.args.map((one) => `\`${one.name}\`: ${linked(one.type)}`).join(', ')})` : '';
        return [`\`${field.name}\`${args}`, linked(field.type), deprecated(field) + cell(field.description)];
      }),
    );
  const section = (type) => {
    const parts = [`## ${type.name}`, '', type.description ?? ''];
    if (isObjectType(type) && type.getInterfaces().length) parts.push('', `Implements ${type.getInterfaces().map(linked).join(', ')}.`);
    if (isInterfaceType(type)) parts.push('', `Implemented by ${schema.getPossibleTypes(type).map(linked).join(', ')}.`);
    if (isUnionType(type)) parts.push('', `One of ${type.getTypes().map(linked).join(', ')}.`);
    if (isObjectType(type) || isInterfaceType(type)) parts.push('', fields(type));
    if (isInputObjectType(type)) parts.push('', values(Object.values(type.getFields())));
    if (isEnumType(type)) parts.push('', table(['value', ''], type.getValues().map((one) => [`\`${one.name}\``, deprecated(one) + cell(one.description)])));
    return parts.join('\n');
  };
  const pages = new Map();
  for (const [file, title, text] of PAGES) {
    const root = [...roots].find(([, page]) => page === file)?.[0];
    const sections = root
      ? Object.values(root.getFields()).map(operation)
      : listed.filter((type) => pageOf(type) === file).map(section);
    if (sections.length) pages.set(`${file}.md`, `# ${title}\n\n${text}\n\n${sections.join('\n\n')}\n`);
  }
  return { pages, places };
}
