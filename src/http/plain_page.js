
document.addEventListener('DOMContentLoaded', () => {
  const field = document.getElementById('token');
  const said = document.getElementById('said');
  const key = 'cpor-token';
  const endpoint = new URL('graphql', document.baseURI).href;
  const plain = (text) => text.trim().replace(/^Bearer\s+/i, '');
  field.value = sessionStorage.getItem(key) ?? '';

  // The token is added to every request, so that the headers of GraphiQL stay free for others.
  const withToken = async (url, options) => {
    const headers = new Headers(options.headers);
    const token = plain(field.value);
    if (token && !headers.has('authorization')) headers.set('authorization', `Bearer ${token}`);
    const response = await fetch(url, { ...options, headers });
    said.textContent = response.status === 401 ? 'A valid token is needed' : '';
    return response;
  };

  // The answers of a subscription: GraphQL over Server-Sent Events, read with what every browser has.
  async function* answers(body) {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done) {
        yield { errors: [{ message: 'The stream broke off, since the server stopped or the network did: run it again.' }] };
        return;
      }
      const blocks = (text + value).split('\n\n');
      text = blocks.pop();
      for (const block of blocks) {
        // A block of a comment alone has no fields: the server is there.
        const fields = Object.fromEntries(block.split('\n').map((line) => line.split(/: ?(.*)/s, 2)));
        if (fields.event === 'complete') return;
        if (fields.event === 'next') yield JSON.parse(fields.data);
      }
    }
  }

  // What GraphiQL shows one by one, and ends with `return`: also while it waits for the next.
  const follow = (events, hangUp) => ({
    [Symbol.asyncIterator]() { return this; },
    next: () => events.next().catch((error) => {
      if (hangUp.signal.aborted) return { done: true };
      throw error;
    }),
    return: async () => {
      hangUp.abort();
      return { done: true };
    },
  });

  // The server answers queries and mutations with JSON, and subscriptions with a stream.
  const fetcher = async (params, options) => {
    const hangUp = new AbortController();
    const headers = { ...options?.headers, 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
    const request = { method: 'POST', headers, body: JSON.stringify(params), signal: hangUp.signal };
    const response = await withToken(endpoint, request);
    const live = response.headers.get('content-type')?.startsWith('text/event-stream');
    return live ? follow(answers(response.body), hangUp) : response.json();
  };

  const query = `# The schema is on the left, in the documentation explorer. Run with Ctrl+Enter.
# Live, too: subscription { claimStatusChanged { toStatus claim { number name } } }
{
  viewer { subject name roles scopes partner { name } }
  claims(first: 5) {
    totalCount
    nodes { number name status availableActions }
  }
}
`;
  const root = ReactDOM.createRoot(document.getElementById('graphiql'));
  const show = () => root.render(React.createElement(GraphiQL, {
    // Another token is another schema view: start anew.
    key: field.value,
    fetcher,
    defaultQuery: query,
    shouldPersistHeaders: false,
  }));
  field.addEventListener('change', () => {
    sessionStorage.setItem(key, plain(field.value));
    show();
  });
  document.getElementById('who').addEventListener('submit', (event) => {
    event.preventDefault();
    field.blur();
  });
  show();
});
