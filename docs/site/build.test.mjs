// The site is whole: every page with its Markdown, every type of the schema, no link that leads nowhere, nothing from elsewhere.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';

import { build, slugify } from './build.mjs';
import { reference } from './reference.mjs';

const SCHEMA = readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8');
const out = mkdtempSync(join(tmpdir(), 'cpor-docs-'));
after(() => rmSync(out, { recursive: true, force: true }));
const { pages, problems } = build(out);

describe('the site', () => {
  it('has no link that leads nowhere', () => assert.deepEqual(problems, []));

  it('has every page as HTML and as Markdown', () => {
    assert.ok(pages.size > 20);
    for (const place of pages.keys()) {
      for (const file of [place, place.replace(/\.md$/, '.html')]) assert.ok(existsSync(join(out, file)), file);
    }
  });

  it('has every page of docs/', () => {
    const written = readdirSync(new URL('..', import.meta.url)).filter((name) => name.endsWith('.md'));
    for (const name of written) assert.ok(pages.has(`docs/${name}`), `docs/${name} is in no group of build.mjs`);
  });

  it('has every decision as a page, which the list of decisions leads to', () => {
    const written = readdirSync(new URL('../decisions', import.meta.url)).filter((name) => /^\d+.*\.md$/.test(name));
    const list = readFileSync(join(out, 'docs/decisions/index.html'), 'utf8');
    for (const name of written) assert.ok(list.includes(`href="${name.replace(/\.md$/, '.html')}"`), name);
  });

  it('loads nothing from elsewhere', () => {
    for (const place of pages.keys()) {
      const html = readFileSync(join(out, place.replace(/\.md$/, '.html')), 'utf8');
      for (const [, url] of html.matchAll(/<(?:script|link|img)[^>]+(?:src|href)="([^"]+)"/g)) assert.doesNotMatch(url, /^[a-z]+:|^\/\//i, place);
    }
  });

  it('finds each type by its name', () => {
    const titles = new Set(JSON.parse(readFileSync(join(out, 'search.json'), 'utf8')).map(({ title }) => title));
    for (const name of ['Claim', 'submitClaim', 'claimStatusChanged', 'ClaimFilter', 'ProblemCode']) assert.ok(titles.has(name), name);
  });
});

describe('the reference', () => {
  const { pages: found, places } = reference(SCHEMA);

  it('has every type, with a link to it', () => {
    const names = [...SCHEMA.matchAll(/^(?:type|input|enum|interface|union|scalar) (\w+)/gm)].map(([, name]) => name);
    const missing = names.filter((name) => !places.has(name) && !['Query', 'Mutation', 'Subscription'].includes(name));
    assert.deepEqual(missing, []);
    assert.ok(names.length > 100);
  });

  it('has every operation with its arguments', () => {
    for (const name of ['submitClaim', 'awardArbitration']) assert.match(found.get('mutations.md'), new RegExp(`^## ${name}$`, 'm'));
    assert.match(found.get('queries.md'), /`filter` \| \[`ClaimFilter`\]\(inputs\.md#claimfilter\)/);
  });
});

it("names headings as GitHub does", () => {
  assert.equal(slugify('What to watch'), 'what-to-watch');
  assert.equal(slugify("A claim's life: `EDITING`"), 'a-claims-life-editing');
});
