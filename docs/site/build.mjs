/**
 * The documentation as a site: every page as HTML, and beside it the Markdown that it was made from. Nothing is loaded from
 * elsewhere. Fails where a link leads nowhere.
 *
 *     node build.mjs [FOLDER]      # target/docs without one
 *
 * @module
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, posix, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import MarkdownIt from 'markdown-it';
import anchor from 'markdown-it-anchor';

import { reference } from './reference.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = join(HERE, '..', '..');

/** The pages that are written by hand, by the group of the navigation: path in the repository and title. Other pages of `docs/` and
 * of the root follow in a group of their own. */
const GROUPS = [
  ['Start', [['README.md', 'cpor'], ['docs/first-claim.md', 'The first claim'], ['docs/lifecycle.md', "A claim's life"], ['docs/domain.md', 'The rules'], ['examples/README.md', 'Examples'], ['data/README.md', 'The sample directory'], ['docs/glossary.md', 'Glossary']]],
  ['API', [['docs/api.md', 'Over HTTP'], ['docs/errors.md', 'Codes'], ['docs/webhooks.md', 'Webhooks'], ['docs/notices.md', 'Notices']]],
  ['Running it', [['docs/operations.md', 'Operations'], ['docs/configuration.md', 'Configuration'], ['docs/identity.md', 'Identity'], ['deploy/README.md', 'Deploying'], ['deploy/compose/README.md', 'Compose'], ['docs/security.md', 'Security'], ['docs/performance.md', 'Performance']]],
  ['Inside', [['ARCHITECTURE.md', 'Architecture'], ['docs/decisions/README.md', 'Decisions'], ['web/README.md', 'The console'], ['tests/clients/README.md', 'Clients in the tests'], ['CHANGELOG.md', 'Changes']]],
];

/** GitHub's name of a heading, so that one link works there and here. */
export const slugify = (text) =>
  text.trim().toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '').replace(/\s/g, '-');

/** Where a page is in the site: the README is the first page of its folder. */
export const target = (path) => path.replace(/(^|\/)README\.md$/, '$1index.md');

const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** All pages by their place in the site: title, group and Markdown. */
function collect() {
  const pages = new Map();
  for (const [group, list] of GROUPS) {
    for (const [path, title] of list) pages.set(target(path), { path, title, group, text: readFileSync(join(ROOT, path), 'utf8') });
  }
  for (const folder of ['docs', '.']) {
    for (const name of readdirSync(join(ROOT, folder)).filter((name) => name.endsWith('.md')).sort()) {
      const path = posix.join(folder, name);
      const text = readFileSync(join(ROOT, path), 'utf8');
      if (!pages.has(target(path))) pages.set(target(path), { path, title: text.match(/^# (.*)/m)?.[1] ?? name, group: 'More', text });
    }
  }
  // Found from their list, which is in the navigation.
  for (const name of readdirSync(join(ROOT, 'docs/decisions')).filter((name) => /^\d+.*\.md$/.test(name)).sort()) {
    const path = `docs/decisions/${name}`;
    const text = readFileSync(join(ROOT, path), 'utf8');
    pages.set(path, { path, title: text.match(/^# (.*)/m)[1], group: 'Decisions', text });
  }
  const { pages: found } = reference(readFileSync(join(ROOT, 'schema.graphql'), 'utf8'));
  for (const [file, text] of found) {
    const path = `docs/reference/${file}`;
    pages.set(path, { path, title: text.match(/^# (.*)/)[1], group: 'Reference', text });
  }
  return pages;
}

/** A state diagram as a table: readable without a script. */
function transitions(text) {
  const rows = [...text.matchAll(/^\s*(\S+) --> (\S+): (.*)$/gm)].map(([, from, to, by]) => [from, by, to]);
  const name = (state) => (state === '[*]' ? '' : `<code>${escape(state)}</code>`);
  const body = rows.map(([from, by, to]) => `<tr><td>${name(from)}</td><td>${escape(by)}</td><td>${name(to)}</td></tr>`);
  return `<table><thead><tr><th>from</th><th>by</th><th>to</th></tr></thead><tbody>${body.join('\n')}</tbody></table>\n`;
}

/** Builds the site; gives what is wrong with it. */
export function build(out) {
  const pages = collect();
  const problems = [];
  const files = new Set();
  const links = [];
  const anchors = new Map();
  const index = [];
  rmSync(out, { recursive: true, force: true });

  for (const [place, { path, title, group, text }] of pages) {
    const headings = [];
    const markdown = new MarkdownIt({ html: false, linkify: false, typographer: false });
    markdown.use(anchor, { slugify, permalink: anchor.permalink.headerLink({ safariReaderFix: true }), callback: (_, info) => headings.push(info) });
    const fence = markdown.renderer.rules.fence;
    markdown.renderer.rules.fence = (tokens, at, ...rest) =>
      tokens[at].info.trim() === 'mermaid' ? transitions(tokens[at].content) : fence(tokens, at, ...rest);
    const resolved = (href) => {
      if (/^[a-z]+:/i.test(href)) return href;
      const [file, hash = ''] = href.split('#');
      const from = posix.dirname(path);
      let wanted = file ? posix.normalize(posix.join(from, file)) : path;
      if (pages.has(target(posix.join(wanted, 'README.md')))) wanted = posix.join(wanted, 'README.md');
      const to = target(wanted);
      if (pages.has(to)) {
        links.push({ place, to, hash });
        return posix.relative(posix.dirname(place), to).replace(/\.md$/, '.html') + (hash ? `#${hash}` : '');
      }
      if (!existsSync(join(ROOT, wanted))) problems.push(`${path}: ${href} leads nowhere`);
      // A folder without a page is named and not part of the site.
      else if (statSync(join(ROOT, wanted)).isDirectory()) return null;
      else files.add(wanted);
      return posix.relative(posix.dirname(place), wanted);
    };
    const open = markdown.renderer.rules.link_open ?? ((tokens, at, options, _, self) => self.renderToken(tokens, at, options));
    markdown.renderer.rules.link_open = (tokens, at, options, environment, self) => {
      const href = tokens[at].attrGet('href');
      if (href && !(tokens[at].attrGet('class') ?? '').includes('header-anchor') && !href.startsWith('#')) {
        const to = resolved(href);
        if (to === null) tokens[at].attrs = [];
        else tokens[at].attrSet('href', to);
      }
      if (href?.startsWith('#') && !(tokens[at].attrGet('class') ?? '').includes('header-anchor')) links.push({ place, to: place, hash: href.slice(1) });
      return open(tokens, at, options, environment, self);
    };
    const image = markdown.renderer.rules.image;
    markdown.renderer.rules.image = (tokens, at, ...rest) => {
      tokens[at].attrSet('src', resolved(tokens[at].attrGet('src')));
      return image(tokens, at, ...rest);
    };
    const body = markdown.render(text);
    anchors.set(place, new Set(headings.map(({ slug }) => decodeURIComponent(slug))));
    const url = place.replace(/\.md$/, '.html');
    index.push({ title, url, group }, ...headings.filter(({ title: heading }) => heading !== title).map((one) => ({ title: one.title, url: `${url}#${one.slug}`, group: title })));
    write(join(out, url), page({ place, title, body, pages }));
    write(join(out, place), text);
  }

  for (const { place, to, hash } of links) {
    if (hash && !anchors.get(to).has(decodeURIComponent(hash))) problems.push(`${place}: there is no #${hash} in ${to}`);
  }
  for (const file of files) {
    mkdirSync(dirname(join(out, file)), { recursive: true });
    copyFileSync(join(ROOT, file), join(out, file));
  }
  for (const file of ['style.css', 'search.js']) copyFileSync(join(HERE, file), join(out, file));
  writeFileSync(join(out, 'search.json'), JSON.stringify(index));
  return { pages, problems };
}

function write(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function page({ place, title, body, pages }) {
  const up = posix.relative(posix.dirname(place), '.') || '.';
  const groups = [...new Set([...pages.values()].map(({ group }) => group))].filter((group) => ORDER.includes(group)).sort((a, b) => order(a) - order(b));
  const item = (to, one) => {
    const href = posix.relative(posix.dirname(place), to).replace(/\.md$/, '.html');
    return `<li><a href="${href}"${to === place ? ' aria-current="page"' : ''}>${escape(one.title)}</a></li>`;
  };
  const navigation = groups.map((group) => {
    const items = [...pages].filter(([, one]) => one.group === group).map(([to, one]) => item(to, one));
    return `<h2>${escape(group)}</h2>\n<ul>\n${items.join('\n')}\n</ul>`;
  });
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escape(title)} · cpor</title>
<link rel="stylesheet" href="${up}/style.css">
<link rel="alternate" type="text/markdown" href="${posix.basename(place)}">
<script src="${up}/search.js" defer></script>
</head>
<body data-up="${up}">
<a class="skip" href="#main">Skip to the content</a>
<nav aria-label="Pages">
<p class="brand"><a href="${up}/index.html">cpor</a></p>
<form role="search"><input type="search" aria-label="Search the documentation" placeholder="Search"></form>
<ul id="found" aria-label="Results" hidden></ul>
<div id="pages">
${navigation.join('\n')}
</div>
</nav>
<main id="main">
${body}
<p class="twin"><a href="${posix.basename(place)}">This page as Markdown</a></p>
</main>
</body>
</html>
`;
}

/** The groups of the navigation. Pages of another group are only linked from others. */
const ORDER = ['Start', 'API', 'Reference', 'Running it', 'Inside', 'More'];
const order = (group) => ORDER.indexOf(group);

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const out = resolve(process.argv[2] ?? join(ROOT, 'target', 'docs'));
  const { pages, problems } = build(out);
  for (const problem of problems) console.error(problem);
  console.log(`${pages.size} pages in ${out}`);
  process.exitCode = problems.length ? 1 : 0;
}
