
document.addEventListener('DOMContentLoaded', () => {
  const element = (id) => document.getElementById(id);
  const [token, query, variables, answer, state, stop] =
    ['token', 'query', 'variables', 'answer', 'state', 'stop'].map(element);
  const key = 'cpor.token';
  const plain = (text) => text.trim().replace(/^Bearer\s+/i, '');
  let running = null;

  token.value = sessionStorage.getItem(key) ?? '';
  query.value = `{
  viewer { subject name roles scopes partner { name } }
  claims(first: 5) {
    totalCount
    nodes { number name status availableActions }
  }
}
`;

  // A demo names its people here; another server has no such address.
  const people = async () => {
    const response = await fetch('/demo/people');
    if (!response.ok) return;
    const { people } = await response.json();
    const select = element('person');
    for (const person of people) {
      const option = new Option(`${person.name}, ${person.company} (${person.role})`, person.token);
      option.selected = person.token === token.value;
      select.add(option);
    }
    const choose = () => {
      token.value = select.value;
      sessionStorage.setItem(key, token.value);
    };
    select.addEventListener('change', choose);
    choose();
    element('people').hidden = false;
  };
  people().catch(() => {});
  token.addEventListener('change', () => sessionStorage.setItem(key, plain(token.value)));

  const show = (text) => {
    try {
      return JSON.stringify(JSON.parse(text), null, 2);
    } catch {
      return text;
    }
  };

  // GraphQL over Server-Sent Events: each event is shown below the ones before it.
  const follow = async (body) => {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const blocks = (text + value).split('\n\n');
      text = blocks.pop();
      for (const block of blocks) {
        // A block that is a comment has no fields; the server sends them to keep the connection open.
        const fields = Object.fromEntries(block.split('\n').map((line) => line.split(/: ?(.*)/s, 2)));
        if (fields.event === 'complete') return;
        if (fields.event === 'next') answer.textContent += `${show(fields.data)}\n`;
      }
    }
  };

  const run = async () => {
    running?.abort();
    const mine = new AbortController();
    running = mine;
    answer.textContent = '';
    state.textContent = 'Running…';
    stop.hidden = false;
    try {
      const input = variables.value.trim();
      const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
      if (plain(token.value)) headers.authorization = `Bearer ${plain(token.value)}`;
      const body = JSON.stringify({ query: query.value, variables: input ? JSON.parse(input) : null });
      const response = await fetch('/graphql', { method: 'POST', headers, body, signal: mine.signal });
      state.textContent = `Status ${response.status}`;
      if (response.headers.get('content-type')?.startsWith('text/event-stream')) await follow(response.body);
      else answer.textContent = show(await response.text());
    } catch (error) {
      state.textContent = mine.signal.aborted ? 'Stopped' : String(error);
    }
    if (running === mine) stop.hidden = true;
  };

  stop.addEventListener('click', () => running?.abort());
  element('ask').addEventListener('submit', (event) => {
    event.preventDefault();
    void run();
  });
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void run();
  });
});
