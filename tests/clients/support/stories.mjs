/**
 * Documents by chance, from a seed: the same every time. They read claims and what belongs to them, with fields repeated
 * under one key, aliases, fragments, `@skip`, `@include`, variables of every kind and their defaults, values of every input
 * type in every way of writing them, several operations, and now and then something wrong.
 *
 * @module
 */
import { giving } from './inputs.mjs';


/** The fields that the documents read: leaves by name, and objects with their type. */
export const TYPES = {
  Claim: {
    leaves: ['id', 'name', 'number', 'status', 'version', 'solutionArea', 'activities', 'createdAt', 'submittedAt', 'programs'],
    objects: {
      customer: 'Customer', partner: 'Partner', location: 'PartnerLocation', customerContact: 'Contact', technicalContact: 'Contact',
      lines: 'ClaimLine', comments: 'CommentConnection', rejection: 'Rejection',
    },
  },
  Customer: { leaves: ['id', 'name', 'domain', 'domains', 'tenantId'], objects: {} },
  Partner: { leaves: ['id', 'name'], objects: { locations: 'PartnerLocation' } },
  PartnerLocation: { leaves: ['id', 'mpnId', 'name', 'country', 'enrolledPrograms'], objects: {} },
  Contact: { leaves: ['name', 'email', 'phone', 'title'], objects: {} },
  Rejection: { leaves: ['reason'], objects: {} },
  ClaimLine: { leaves: ['id', 'outcome'], objects: { product: 'Product' } },
  Product: { leaves: ['id', 'name', 'skuId', 'skuPartNumber', 'solutionArea'], objects: {} },
  CommentConnection: { leaves: ['totalCount'], objects: { nodes: 'Comment', edges: 'CommentEdge' } },
  CommentEdge: { leaves: [], objects: { node: 'Comment' } },
  Comment: { leaves: ['id', 'body', 'visibility', 'createdAt'], objects: { author: 'Actor' } },
  Actor: { leaves: ['kind', 'name'], objects: {} },
  ClaimConnection: { leaves: ['totalCount'], objects: { nodes: 'Claim', edges: 'ClaimEdge' } },
  ClaimEdge: { leaves: [], objects: { node: 'Claim' } },
  Viewer: { leaves: ['subject', 'name', 'roles', 'scopes'], objects: { partner: 'Partner', customer: 'Customer' } },
};

/** All that can be read of a type, without repetition. */
export function everything(type) {
  const { leaves, objects } = TYPES[type];
  const below = Object.entries(objects).map(([name, of]) => `${name} { ${everything(of)} }`);
  return [...leaves, ...below].join(' ');
}

/** Numbers by chance (mulberry32). */
function chance(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** One document with its variables. */
class Story {
  constructor(seed, ids) {
    this.random = chance(seed);
    this.ids = ids;
    this.declared = new Map();
    this.variables = {};
    this.fragments = [];
    this.budget = 30;
  }

  below(count) {
    return Math.floor(this.random() * count);
  }

  one(list) {
    return list[this.below(list.length)];
  }

  maybe(probability) {
    return this.random() < probability;
  }

  /** A variable of this type: sent, omitted where it may be, or left to its default. */
  variable(type, value, fallback) {
    const name = `v${this.declared.size}`;
    const kind = this.random();
    const required = type.endsWith('!');
    if (fallback !== undefined && kind < 0.4) {
      this.declared.set(name, `${type} = ${fallback}`);
      if (kind < 0.15) this.variables[name] = value;
    } else {
      this.declared.set(name, type);
      if (required || kind < 0.8) this.variables[name] = value;
    }
    // A variable may be nullable where its place is not, if it has a default; without one that is invalid.
    if (required && this.maybe(0.05)) this.declared.set(name, this.declared.get(name).replace('!', '').replace(/^(\[[^\]]*)$/, '$1]'));
    if (this.maybe(0.01)) this.variables[name] = this.one([null, { odd: 1 }, ['odd'], [[value]], 1.5, 'odd', '', true, -1, 2 ** 31]);
    if (this.maybe(0.005)) delete this.variables[name];
    return `$${name}`;
  }

  directives() {
    if (!this.maybe(0.2)) return '';
    const value = () => {
      if (this.maybe(0.3)) return String(this.maybe(0.7));
      const holds = this.maybe(0.6);
      return this.maybe(0.5)
        ? this.variable('Boolean!', holds)
        : this.variable('Boolean!', holds, String(this.maybe(0.5)));
    };
    const one = () => (this.maybe(0.5) ? ` @include(if: ${value()})` : ` @skip(if: ${value()})`);
    const first = one();
    const other = first.includes('@skip') ? ' @include' : ' @skip';
    return this.maybe(0.15) ? `${first}${other}(if: ${value()})` : first;
  }

  /** Size arguments of a page; of each kind only a few, so that fields meet under one key. */
  size(key) {
    const kind = this.below(6);
    this.sizes ??= new Map();
    if (!this.sizes.has(key)) {
      const choices = ['', '(first: 1)', '(first: 2)', '(last: 1)', '(first: null)', () => `(first: ${this.variable('Int', 1 + this.below(3), '2')})`];
      const choice = choices[kind];
      this.sizes.set(key, typeof choice === 'function' ? choice() : choice);
    }
    return this.sizes.get(key);
  }

  /** A field with its alias. An alias says what it stands for, but now and then it does not. */
  named(name, text) {
    if (this.maybe(0.004)) return `${this.one(['x', 'y', 'id'])}: ${text}`;
    if (this.maybe(0.002)) return this.one([`${name} { id }`, `${name}(odd: 1)`, `${name} @odd`, `${name} @skip(if: true) @skip(if: true)`, `odd`, `... on Odd { id }`, `...Odd`, `${name} @include`, `... on CreateClaimInput { name }`]);
    return this.maybe(0.2) ? `${name}_${this.below(2)}: ${text}` : text;
  }

  selection(type, depth) {
    const { leaves, objects } = TYPES[type];
    const items = [];
    const count = 1 + this.below(4);
    for (let at = 0; at < count; at += 1) {
      this.budget -= 1;
      const kind = this.random();
      const names = Object.keys(objects);
      if (names.length > 0 && (leaves.length === 0 || kind < 0.4) && depth > 0 && this.budget > 0) {
        const name = this.one(names);
        const size = name === 'comments' ? this.size('comments') : '';
        const below = this.selection(objects[name], depth - 1);
        items.push(this.named(name, `${name}${size}${this.directives()} { ${below} }`));
      } else if (type === 'Claim' && kind > 0.985) {
        // A page of no rows fails, and with it everything above that may not be null.
        items.push(`bad: comments(first: ${this.bad()}) { totalCount }`);
      } else if (kind > 0.85 && this.budget > 0) {
        items.push(this.fragment(type, depth, this.maybe(0.01) ? this.one(Object.keys(TYPES)) : type));
      } else if (kind > 0.8 || leaves.length === 0) {
        items.push(this.named('__typename', `__typename${this.directives()}`));
      } else {
        const name = this.one(leaves);
        items.push(this.named(name, `${name}${this.directives()}`));
      }
    }
    return items.join(' ');
  }

  fragment(type, depth, on = type) {
    const below = this.selection(on, depth);
    const condition = on === type && this.maybe(0.3) ? '' : ` on ${on}`;
    if (condition === '' || this.maybe(0.5)) return `...${condition}${this.directives()} { ${below} }`;
    const name = `F${this.fragments.length}`;
    this.fragments.push(`fragment ${name} on ${on} { ${below} }`);
    const spread = `...${name}${this.directives()}`;
    return this.maybe(0.2) ? `${spread} ...${name}` : spread;
  }

  /** A page size that fails, the same throughout a document, so that fields meet under one key. */
  bad() {
    this.badSize ??= this.maybe(0.5) ? '0' : this.variable('Int!', 0);
    return this.badSize;
  }

  /** A text as a literal, in one of the ways of writing it. */
  text(value) {
    const kind = this.random();
    if (kind < 0.1 && !/["\\\n]/.test(value)) return `"""${value}"""`;
    const escape = (c) => {
      const code = c.codePointAt(0);
      return code > 0xffff || this.maybe(0.2) ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`;
    };
    const plain = JSON.stringify(value);
    if (kind > 0.15) return plain;
    return `"${[...value].map((c) => (this.maybe(0.3) || /["\\\n]/.test(c) ? escape(c) : c)).join('')}"`;
  }

  /** A value of this input type as a literal: now and then of another, or as a variable. */
  literal(type, value) {
    if (this.maybe(0.25)) return this.variable(type, value);
    if (this.maybe(0.02)) return this.one(['null', '"EDITING"', 'EDITING', '1', '1.0', '1e0', '-0', '9999999999', 'true', '{}', '{ odd: 1 }', '[]', '[null]', '[[1]]', '"odd"', '$odd']);
    const bare = type.replace(/!$/, '');
    if (Array.isArray(value)) {
      const item = bare.replace(/^\[|\]$/g, '');
      if (value.length === 1 && this.maybe(0.3)) return this.literal(item, value[0]);
      return `[${value.map((one) => this.literal(item, one)).join(this.one([' ', ', ']))}]`;
    }
    if (value === null) return 'null';
    if (typeof value === 'object') {
      const fields = Object.entries(value).map(([name, one]) => `${name}: ${this.literal(INPUTS[bare]?.[name] ?? 'String', one)}`);
      if (this.maybe(0.01)) fields.push(this.one(['odd: 1', fields[0] ?? 'odd: 2']));
      return `{ ${fields.join(', ')} }`;
    }
    if (ENUMS.has(bare)) return this.maybe(0.03) ? `"${value}"` : String(value);
    return typeof value === 'string' ? this.text(value) : String(value);
  }

  /** A filter of claims by chance. */
  filter() {
    const time = () => this.one(['2000-01-01T00:00:00Z', '9999-12-31T23:59:59.999999Z', '0000-01-01T00:00:00Z', '2020-06-30T23:59:60+14:00', '2030-02-28t09:30:00.5z']);
    const made = {};
    const parts = {
      status: () => this.one([['EDITING'], ['SUBMITTED', 'EDITING'], ['UNDER_REVIEW'], [], null]),
      ids: () => this.one([this.ids.Claim, [this.id('Claim')], []]),
      solutionArea: () => this.one(['BUSINESS_APPLICATIONS', 'MICROSOFT_365', null]),
      number: () => this.one(['CPOR-0000-0000', '', null]),
      createdAt: () => this.one([{ from: time() }, { before: time() }, { from: time(), before: time() }, {}, null]),
      inArbitration: () => this.one([false, true, null]),
    };
    for (const [name, make] of Object.entries(parts)) if (this.maybe(0.3)) made[name] = make();
    if (this.maybe(0.01)) made[this.one(['createdAt', 'status', 'ids', 'number'])] = this.one(['odd', 1, { odd: 1 }, [1.5], true, { from: '2020-02-30T00:00:00Z' }, { from: '2020-02-28' }]);
    return made;
  }

  /** What is read of a node, by types. */
  node() {
    const items = [];
    const count = 1 + this.below(5);
    for (let at = 0; at < count; at += 1) {
      const kind = this.random();
      if (kind < 0.03) items.push(this.fragment('Node', 1, this.one(Object.keys(TYPES))));
      else if (kind < 0.25) items.push(this.named('id', `id${this.directives()}`));
      else if (kind < 0.4) items.push(this.named('__typename', '__typename'));
      else if (kind < 0.5) items.push(`... on Node${this.directives()} { id }`);
      else items.push(this.fragment('Node', 2, this.one(['Claim', 'Customer', 'Partner', 'Product', 'PartnerLocation', 'Comment'])));
    }
    return items.join(' ');
  }

  id(kind) {
    return this.maybe(0.05) ? 'bm9uZQ' : this.one(this.ids[kind]);
  }

  root() {
    const kind = this.below(7);
    const memory = (key, make) => {
      this.roots ??= new Map();
      if (!this.roots.has(key)) this.roots.set(key, make());
      return this.roots.get(key);
    };
    const id = (key, of) => memory(key, () => {
      const value = this.id(of);
      return this.maybe(0.5) ? this.text(value) : this.variable('ID!', value);
    });
    const field = (name, args, below) => this.named(name, `${name}${args}${this.directives()} { ${below} }`);
    switch (kind) {
      case 0: return field('viewer', '', this.selection('Viewer', 2));
      case 1: return field('claim', `(id: ${id('claim', 'Claim')})`, this.selection('Claim', 3));
      case 2: return field('customer', `(id: ${id('customer', 'Customer')})`, this.selection('Customer', 1));
      case 3: return field('node', `(id: ${id('node', 'any')})`, this.node());
      case 4: {
        const ids = memory('ids', () => {
          const list = Array.from({ length: this.below(4) }, () => this.id('any'));
          const text = this.maybe(0.5) && list.length > 0
            ? `[${list.map((value) => (this.maybe(0.3) ? this.variable('ID!', value) : JSON.stringify(value))).join(', ')}]`
            : this.variable('[ID!]!', this.maybe(0.1) && list.length > 0 ? list[0] : list);
          return text;
        });
        return field('nodes', `(ids: ${ids})`, this.node());
      }
      case 5: {
        // A page of no rows fails, below what may be null.
        const bad = `comments(first: ${this.bad()})`;
        const below = this.maybe(0.5) ? this.selection('Claim', 1) : 'id';
        return `claimBad${this.one(['', '_0', '_1'])}: claim(id: ${id('claim', 'Claim')}) { ${below} bad: ${bad} { totalCount } }`;
      }
      default: {
        const filter = memory('filter', () => {
          const status = this.one([['EDITING'], ['SUBMITTED', 'EDITING'], ['UNDER_REVIEW'], []]);
          return this.one([
            () => '',
            () => `filter: { status: [${status.join(', ')}] }`,
            () => `filter: { status: ${this.variable('[ClaimStatus!]', status)} }`,
            () => `filter: ${this.variable('ClaimFilter', { status: this.maybe(0.3) ? (status[0] ?? null) : status })}`,
            () => `filter: ${this.variable('ClaimFilter', { status, ...(this.maybe(0.1) ? { odd: 1 } : {}) })}`,
            () => `filter: { status: [EDITING, ${this.maybe(0.9) ? 'SUBMITTED' : 'ODD'}], ids: ${this.variable('[ID!]', this.ids.Claim)} }`,
            () => `filter: ${this.literal('ClaimFilter', this.filter())}`,
            () => `filter: ${this.literal('ClaimFilter', this.filter())}`,
            () => `filter: ${this.variable('ClaimFilter', this.filter(), this.maybe(0.2) ? 'null' : undefined)}`,
          ])();
        });
        const size = memory('size', () => this.one(['', 'first: 2', `first: 1`])) || '';
        const order = memory('order', () => this.one(['', '', () => `orderBy: ${this.literal('ClaimOrder', { field: 'CREATED_AT', direction: this.one(['ASC', 'DESC']) })}`]));
        if (typeof order === 'function') this.roots.set('order', order());
        const args = [filter, size, this.roots.get('order')].filter(Boolean).join(', ');
        return field('claims', args ? `(${args})` : '', this.selection('ClaimConnection', 3));
      }
    }
  }

  /** One operation: its variables and what it selects. */
  operation(name = '') {
    const items = Array.from({ length: 1 + this.below(4) }, () => {
      const item = this.root();
      if (!this.maybe(0.15)) return item;
      if (this.maybe(0.5)) return `...${this.maybe(0.5) ? ' on Query' : ''}${this.directives()} { ${item} }`;
      this.fragments.push(`fragment F${this.fragments.length} on Query { ${item} }`);
      return `...F${this.fragments.length - 1}${this.directives()}`;
    });
    if (this.maybe(0.01)) items.push('odd');
    const declared = [...this.declared].map(([name, type]) => `$${name}: ${type}`).join(', ');
    const head = declared || name ? `query${name ? ` ${name}` : ''}${declared ? `(${declared})` : ''} ` : '';
    return `${head}{ ${items.join(' ')} }`;
  }

  /** A document, and by chance the name of the operation that is meant. */
  whole() {
    if (this.maybe(0.9)) {
      this.operationName = this.one([undefined, undefined, undefined, null, '', this.maybe(0.05) ? 'Odd' : undefined]);
      return `${this.operation()} ${this.fragments.join(' ')}`;
    }
    const first = this.operation('One');
    // Each operation declares its own variables, and must use them.
    const declared = this.declared;
    this.declared = new Map();
    const other = this.one(['query Two { viewer { subject } }', 'query Two($if: Boolean! = true) { viewer { subject @include(if: $if) } }', 'mutation Two { __typename }', 'query Two { viewer { name roles } __typename }']);
    this.declared = declared;
    this.operationName = this.one(['One', 'One', 'Two', '', 'Odd', undefined]);
    return `${[first, other].sort(() => this.random() - 0.5).join(' ')} ${this.fragments.join(' ')}`;
  }
}

/** The fields of the input types that documents give values of. */
const INPUTS = {
  ClaimFilter: { status: '[ClaimStatus!]', ids: '[ID!]', solutionArea: 'SolutionArea', number: 'String', createdAt: 'DateTimeRange', inArbitration: 'Boolean' },
  DateTimeRange: { from: 'DateTime', before: 'DateTime' },
  ClaimOrder: { field: 'ClaimOrderField!', direction: 'OrderDirection!' },
};

const ENUMS = new Set(['ClaimStatus', 'SolutionArea', 'ClaimOrderField', 'OrderDirection']);

/** The same JSON with whole numbers written in other ways, which mean the same. */
function otherNumbers(json, made) {
  return json.replace(/(?<=[:[,])(-?\d{1,6})(?=[,\]}])/g, (number) => made.one([`${number}.0`, `${number}e0`, `${Number(number) * 10}E-1`, number]));
}

/** Seeds from here on give a field values of its input types (`inputs.mjs`). */
export const GIVING = 1_000_000;

/** The document of a seed, its variables, also as the JSON text that is sent, and the name of the operation that is meant. */
export function story(seed, ids, takers) {
  const made = new Story(seed, ids);
  const query = seed < GIVING ? made.whole() : giving(made, takers);
  const json = JSON.stringify(made.variables);
  return { query, variables: made.variables, json: made.maybe(0.3) ? otherNumbers(json, made) : json, operationName: made.operationName };
}
