
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

  const query = `# The schema is on the left, in the documentation explorer. Run with Ctrl+Enter.
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
    fetcher: GraphiQL.createFetcher({ url: endpoint, fetch: withToken }),
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
