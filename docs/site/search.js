/** Finds pages and headings by their words, in the index that the build has written. */
const input = document.querySelector('input[type=search]');
const found = document.querySelector('#found');
const up = document.body.dataset.up;
let index;

async function search() {
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  found.hidden = words.length === 0;
  document.querySelector('#pages').hidden = words.length > 0;
  if (words.length === 0) return;
  index ??= await (await fetch(`${up}/search.json`)).json();
  const hits = index.filter(({ title, group }) => words.every((word) => `${title} ${group}`.toLowerCase().includes(word)));
  // A heading that is the word itself comes first.
  const rank = ({ title }) => (title.toLowerCase() === words.join(' ') ? 0 : title.length);
  hits.sort((a, b) => rank(a) - rank(b));
  found.replaceChildren(
    ...hits.slice(0, 40).map(({ title, url, group }) => {
      const link = document.createElement('a');
      link.href = `${up}/${url}`;
      link.textContent = title;
      const where = document.createElement('small');
      where.textContent = group;
      const item = document.createElement('li');
      item.append(link, ' ', where);
      return item;
    }),
  );
}

input.addEventListener('input', search);
document.querySelector('form').addEventListener('submit', (event) => {
  event.preventDefault();
  found.querySelector('a')?.click();
});
document.addEventListener('keydown', (event) => {
  if (event.key === '/' && event.target !== input) {
    event.preventDefault();
    input.focus();
  }
});
