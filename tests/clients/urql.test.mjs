// urql: GET and POST, live operations over SSE by its own fetch and by graphql-sse, uploads.
import './support/globals.mjs';

import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';

import { Client, cacheExchange, fetchExchange, gql, subscriptionExchange } from '@urql/core';
import { createClient } from 'graphql-sse';

import { COMMENTS, Feed, HISTORY, position, positionsAfter, provoke } from './support/live.mjs';
import { PDF, World } from './support/world.mjs';

const world = await World.start(after);
const headers = { authorization: `Bearer ${world.tokens.partner}` };

/** A client, and the requests that it made. */
function connect(options = {}) {
  const requests = [];
  const seen = async (url, init) => {
    const response = await fetch(url, init);
    requests.push({ method: init.method, status: response.status, type: response.headers.get('content-type') });
    return response;
  };
  const client = new Client({ url: world.server.url, exchanges: [cacheExchange, fetchExchange], fetchOptions: { headers }, fetch: seen, ...options });
  return { client, requests };
}

/** What a source of results delivers, until the test is over. */
function follow(t, source) {
  const feed = new Feed();
  const { unsubscribe } = source.subscribe((result) => feed.next(result));
  t.after(unsubscribe);
  return feed;
}

describe('over HTTP', () => {
  const VIEWER = gql`query Viewer { viewer { subject roles } }`;
  const JSON_TYPE = /^application\/graphql-response\+json/;

  it('queries by GET where it prefers that, with variables', async () => {
    const { client, requests } = connect({ preferGetMethod: true });
    const { data, error } = await client.query(VIEWER, {}).toPromise();
    assert.deepEqual([error, data?.viewer.subject], [undefined, 'ines@alder-finch.example']);
    const { id } = await world.draft();
    const claim = await client.query(gql`query Claim($id: ID!) { claim(id: $id) { id status } }`, { id }).toPromise();
    assert.equal(claim.data?.claim.status, 'EDITING', `${claim.error}`);
    assert.deepEqual(requests.map(({ method, status }) => [method, status]), [['GET', 200], ['GET', 200]]);
    // It names event streams among what it takes; for a query it gets JSON.
    for (const { type } of requests) assert.match(type, JSON_TYPE);
  });

  it('queries and mutates by POST', async () => {
    const { client, requests } = connect({ preferGetMethod: false });
    assert.equal((await client.query(VIEWER, {}).toPromise()).data?.viewer.subject, 'ines@alder-finch.example');
    const { id: claimId } = await world.submitted();
    const mutation = gql`mutation Say($input: AddCommentInput!) { addComment(input: $input) { comment { id body } problems { code } } }`;
    const { data } = await client.mutation(mutation, { input: { claimId, body: 'by urql' } }).toPromise();
    assert.equal(data?.addComment.comment.body, 'by urql');
    assert.deepEqual(requests.map(({ method }) => method), ['POST', 'POST']);
    for (const { type } of requests) assert.match(type, JSON_TYPE);
  });

  it('shows errors with their codes', async () => {
    const { client } = connect();
    const wrong = await client.query(gql`query Wrong { nothing }`, {}).toPromise();
    assert.ok(wrong.error.graphQLErrors[0].extensions.code, `${wrong.error}`);
    const { id } = await world.draft();
    const fetchOptions = { headers: { authorization: `Bearer ${world.tokens.sync}` } };
    const partial = await connect({ fetchOptions }).client
      .query(gql`query Partial($id: ID!) { viewer { subject } claim(id: $id) { id } }`, { id })
      .toPromise();
    assert.equal(partial.error.graphQLErrors[0].extensions.code, 'FORBIDDEN');
    assert.deepEqual([partial.data.viewer.subject, partial.data.claim], ['directory-sync', null]);
    const nobody = await connect({ fetchOptions: {} }).client.query(VIEWER, {}).toPromise();
    assert.equal(nobody.error.response.status, 401);
    assert.equal(nobody.error.graphQLErrors[0]?.extensions.code, 'UNAUTHENTICATED', `${nobody.error}`);
  });

  it('uploads', async () => {
    const { id: claimId } = await world.draft();
    const mutation = gql`mutation Attach($input: AttachProofOfExecutionInput!) {
      attachProofOfExecution(input: $input) { document { id name size } problems { code } }
    }`;
    const { data, error } = await connect().client.mutation(mutation, { input: { claimId, file: new File([PDF], 'proof.pdf') } }).toPromise();
    assert.equal(error, undefined);
    assert.deepEqual(data.attachProofOfExecution.problems, []);
    assert.deepEqual([data.attachProofOfExecution.document.name, data.attachProofOfExecution.document.size], ['proof.pdf', PDF.length]);
  });
});

describe('live', () => {
  it('follows over its own fetch', async (t) => {
    const { client, requests } = connect({ exchanges: [fetchExchange], fetchSubscriptions: true });
    const { id: claimId } = await world.submitted();
    const from = await position(world, claimId);
    const feed = follow(t, client.subscription(gql(HISTORY), { claimId, after: from }));
    for (let number = 0; number < 10; number += 1) await world.say(claimId, `comment ${number}`);
    await feed.count(10);
    assert.deepEqual(feed.results.map(({ data, error }) => error ?? data.historyAppended.position), await positionsAfter(world, claimId, from));
    assert.match(requests[0].type, /^text\/event-stream/);
    const now = follow(t, client.subscription(gql(COMMENTS), { claimId }));
    await provoke(now, () => world.say(claimId, 'again'));
    assert.equal(now.results[0].data?.commentAdded.comment.body, 'again', `${now.results[0].error}`);
  });

  it('shows why a subscription is refused', async (t) => {
    const { client } = connect({ exchanges: [fetchExchange], fetchSubscriptions: true });
    const feed = follow(t, client.subscription(gql`subscription Wrong { nothing }`, {}));
    const [{ error, data }] = await feed.count(1);
    assert.ok(error?.graphQLErrors[0]?.extensions.code, `${error} ${JSON.stringify(data)}`);
  });

  it('follows over graphql-sse', async (t) => {
    const events = createClient({ url: world.server.url, headers });
    t.after(() => events.dispose());
    const forwardSubscription = (request) => ({
      subscribe: (sink) => ({ unsubscribe: events.subscribe({ query: request.query, variables: request.variables }, sink) }),
    });
    const { client } = connect({ exchanges: [subscriptionExchange({ forwardSubscription }), fetchExchange] });
    const { id: claimId } = await world.submitted();
    const from = await position(world, claimId);
    const feed = follow(t, client.subscription(gql(COMMENTS), { claimId, after: from }));
    await world.say(claimId, 'one');
    await world.say(claimId, 'two');
    await feed.count(2);
    assert.deepEqual(feed.results.map(({ data }) => data.commentAdded.comment.body), ['one', 'two']);
  });
});
