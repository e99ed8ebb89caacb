// The client of graphql-sse, distinct connections: operations as event streams, and coming back (H2).
// https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';

import { NetworkError, createClient } from 'graphql-sse';

import { COMMENTS, Feed, HISTORY, STATUS, position, positionsAfter, provoke } from './support/live.mjs';
import { World } from './support/world.mjs';

const world = await World.start(after);
const bearer = (token) => ({ Authorization: `Bearer ${token}` });

/** A client that comes back at once, and its connections. */
function connect(t, options = {}) {
  const seen = { connections: 0, cut: () => {} };
  const client = createClient({
    url: world.server.url,
    headers: bearer(world.tokens.partner),
    retryAttempts: 1000,
    retry: () => new Promise((done) => setTimeout(done, 20)),
    fetchFn: async (url, init) => {
      // A connection that a test can tear away without the client's doing.
      const cut = new AbortController();
      init.signal?.addEventListener('abort', () => cut.abort());
      const response = await fetch(url, { ...init, signal: cut.signal });
      seen.cut = () => cut.abort();
      seen.type = response.headers.get('content-type');
      return response;
    },
    on: { connected: () => (seen.connections += 1) },
    ...options,
  });
  t.after(() => client.dispose());
  return { client, seen };
}

/** Subscribes; `resume` moves `after` to the last event, so that the client resumes there when it comes back. */
function follow(client, query, variables, resume) {
  const feed = new Feed();
  const request = { query, variables: { ...variables } };
  const next = (result) => {
    if (resume && result.data) request.variables.after = Object.values(result.data)[0].position;
    feed.next(result);
  };
  feed.stop = client.subscribe(request, { next, error: feed.error, complete: feed.complete });
  return feed;
}

describe('operations', () => {
  it('does queries and mutations as streams of one result', async (t) => {
    const { client, seen } = connect(t);
    const query = follow(client, '{ viewer { subject } }');
    assert.equal(await query.end(), undefined);
    assert.deepEqual(query.results, [{ data: { viewer: { subject: 'ines@alder-finch.example' } } }]);
    assert.match(seen.type, /^text\/event-stream\b/);
    const { id: claimId } = await world.submitted();
    const mutation = follow(client, 'mutation($input: AddCommentInput!) { addComment(input: $input) { comment { body } problems { code } } }', {
      input: { claimId, body: 'as a stream' },
    });
    assert.equal(await mutation.end(), undefined);
    assert.deepEqual(mutation.results, [{ data: { addComment: { comment: { body: 'as a stream' }, problems: [] } } }]);
  });

  it('says what does not validate, in a stream that completes or as 400', async (t) => {
    const { client } = connect(t, { retryAttempts: 0 });
    for (const query of ['{ nothing }', 'subscription { nothing }', '{']) {
      const feed = follow(client, query);
      const failure = await feed.end();
      if (failure === undefined) {
        assert.equal(feed.results.length, 1);
        assert.ok(feed.results[0].errors?.length > 0 && !('data' in feed.results[0]), JSON.stringify(feed.results));
      } else {
        assert.ok(failure instanceof NetworkError && failure.response?.status === 400, `${failure}`);
        assert.ok((await failure.response.json()).errors.length > 0);
      }
    }
  });

  it('refuses without a token with 401, and with a bad one', async (t) => {
    for (const headers of [{}, bearer('nonsense')]) {
      const { client } = connect(t, { headers, retryAttempts: 0 });
      const failure = await follow(client, HISTORY).end();
      assert.ok(failure instanceof NetworkError, `${failure}`);
      assert.equal(failure.response?.status, 401);
      assert.equal((await failure.response.json()).errors[0].extensions.code, 'UNAUTHENTICATED');
    }
  });

  it('is spoken by GET too, but not with a mutation', async () => {
    const get = (query) =>
      fetch(`${world.server.url}?${new URLSearchParams({ query })}`, { headers: { accept: 'text/event-stream', ...bearer(world.tokens.partner) } });
    const response = await get('{ viewer { subject } }');
    assert.equal(response.status, 200);
    assert.match(await response.text(), /^(:[^\n]*\n\n?)*event: next\ndata: \{"data":\{"viewer":\{"subject":"ines@alder-finch.example"\}\}\}\n\nevent: complete\n(data:[^\n]*\n)?\n$/);
    assert.equal((await get('mutation { addComment(input: { claimId: "x", body: "x" }) { problems { code } } }')).status, 405);
  });
});

describe('events', () => {
  it('delivers what mutations over HTTP cause', async (t) => {
    const { client } = connect(t);
    const { id: claimId, version } = await world.submitted();
    const from = await position(world, claimId);
    const feeds = [HISTORY, STATUS, COMMENTS].map((query) => follow(client, query, { claimId, after: from }));
    await world.mutate('reviewer', 'startReview', { claimId, expectedVersion: version });
    await world.say(claimId, 'in a stream');
    const [history, status, comments] = feeds;
    await Promise.all([history.count(2), status.count(1), comments.count(1)]);
    assert.deepEqual(history.results.map(({ data }) => data.historyAppended.action), ['REVIEW_STARTED', 'COMMENTED']);
    assert.equal(status.results[0].data?.claimStatusChanged.toStatus, 'UNDER_REVIEW', JSON.stringify(status.results));
    assert.equal(comments.results[0].data.commentAdded.comment.body, 'in a stream');
    assert.deepEqual([status.results.length, comments.results.length], [1, 1]);
  });

  it('delivers from now on where no position is given', async (t) => {
    const { client } = connect(t);
    const { id: claimId } = await world.submitted();
    const feed = follow(client, COMMENTS, { claimId });
    await provoke(feed, () => world.say(claimId, 'again'));
    assert.equal(feed.results[0].data?.commentAdded.comment.body, 'again', JSON.stringify(feed.results));
  });

  it('lets a client stop', async (t) => {
    const { client } = connect(t);
    const { id: claimId } = await world.submitted();
    const feed = follow(client, COMMENTS, { claimId, after: await position(world, claimId) });
    await world.say(claimId, 'one');
    await feed.count(1);
    feed.stop();
    assert.equal(await feed.end(), undefined);
  });
});

describe('coming back', () => {
  it('misses nothing and repeats nothing when the connection is lost in the middle of 50 events', async (t) => {
    const { client, seen } = connect(t);
    const { id: claimId } = await world.submitted();
    const from = await position(world, claimId);
    const feed = follow(client, HISTORY, { claimId, after: from }, true);
    for (let number = 0; number < 50; number += 1) {
      await world.say(claimId, `comment ${number}`);
      if (number % 10 === 5) seen.cut();
    }
    await feed.count(50);
    assert.deepEqual(feed.results.map(({ data }) => data.historyAppended.position), await positionsAfter(world, claimId, from));
    assert.ok(seen.connections > 1, `connected ${seen.connections} times`);
  });

  it('goes on at a server that was started again on the same data', async (t) => {
    const own = await World.start((hook) => t.after(hook));
    const { client } = connect(t, { url: own.server.url, headers: bearer(own.tokens.partner) });
    const { id: claimId } = await own.submitted();
    const from = await position(own, claimId);
    const feed = follow(client, HISTORY, { claimId, after: from }, true);
    await own.say(claimId, 'before');
    await feed.count(1);
    const { port } = own.server;
    assert.equal(await own.server.stop(), 0, own.server.log);
    own.server = await own.home.serve((hook) => t.after(hook), { port });
    for (let number = 0; number < 5; number += 1) await own.say(claimId, `after ${number}`);
    await feed.count(6);
    assert.deepEqual(feed.results.map(({ data }) => data.historyAppended.position), await positionsAfter(own, claimId, from));
  });

  it('is a plain stream to whoever reads one by hand, by GET', async (t) => {
    const { id: claimId } = await world.submitted();
    const from = await position(world, claimId);
    await world.say(claimId, 'one');
    await world.say(claimId, 'two');
    const stop = new AbortController();
    t.after(() => stop.abort());
    const query = `subscription { commentAdded(claimId: "${claimId}", after: "${from}") { position } }`;
    const response = await fetch(`${world.server.url}?${new URLSearchParams({ query })}`, {
      headers: { accept: 'text/event-stream', ...bearer(world.tokens.partner) },
      signal: stop.signal,
    });
    assert.equal(response.status, 200);
    let text = '';
    for await (const chunk of response.body) {
      text += Buffer.from(chunk);
      if (text.match(/event: next/g)?.length === 2) break;
    }
    assert.deepEqual([...text.matchAll(/"position":"([^"]+)"/g)].map(([, found]) => found), await positionsAfter(world, claimId, from));
  });
});

describe('tokens', () => {
  it('says that the token has ended and completes; with a new one it goes on without a loss', async (t) => {
    let token = await world.home.token('partner', '3s');
    const { client, seen } = connect(t, { headers: () => bearer(token) });
    const { id: claimId } = await world.submitted();
    const from = await position(world, claimId);
    const feed = follow(client, HISTORY, { claimId, after: from }, true);
    await world.say(claimId, 'early');
    await feed.count(1);
    assert.equal(await feed.end(), undefined);
    const [event, end] = feed.results;
    assert.equal(end.errors[0].extensions.code, 'UNAUTHENTICATED');
    assert.deepEqual([feed.results.length, seen.connections], [2, 1], 'the client does not loop');

    await world.say(claimId, 'late');
    token = world.tokens.partner;
    const { position: last } = event.data.historyAppended;
    const again = follow(client, HISTORY, { claimId, after: last });
    await again.count(1);
    const positions = [last, again.results[0].data.historyAppended.position];
    assert.deepEqual(positions, await positionsAfter(world, claimId, from));
  });
});
