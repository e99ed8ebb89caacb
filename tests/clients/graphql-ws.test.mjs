// The client of graphql-ws: live operations over a WebSocket, and coming back after every way of losing it (H2).
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';

import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

import { COMMENTS, Feed, HISTORY, STATUS, position, positionsAfter, provoke } from './support/live.mjs';
import { World } from './support/world.mjs';

const world = await World.start(after);
const bearer = (token) => ({ Authorization: `Bearer ${token}` });

/** A client that comes back at once, and what happened to its connections. */
function connect(t, options = {}) {
  const seen = { connected: 0, closes: new Feed(), socket: undefined };
  const client = createClient({
    url: world.server.socket,
    webSocketImpl: WebSocket,
    connectionParams: bearer(world.tokens.partner),
    retryAttempts: 1000,
    retryWait: () => new Promise((done) => setTimeout(done, 20)),
    // A refused connection is an error event: without this the client gives up while a server is away.
    shouldRetry: () => true,
    ...options,
  });
  client.on('connected', (socket) => {
    seen.connected += 1;
    seen.socket = socket;
  });
  client.on('closed', ({ code, reason }) => seen.closes.next({ code, reason }));
  t.after(() => client.dispose());
  return { client, seen };
}

/** Subscribes; `resume` moves `after` to the last event, so that the client resumes there when it comes back. */
function follow(client, query, variables, resume) {
  const feed = new Feed();
  const payload = { query, variables: { ...variables } };
  const next = (result) => {
    if (resume && result.data) payload.variables.after = Object.values(result.data)[0].position;
    feed.next(result);
  };
  feed.stop = client.subscribe(payload, { next, error: feed.error, complete: feed.complete });
  return feed;
}

/** The single result of a query or mutation. */
async function once(client, query, variables) {
  const feed = follow(client, query, variables);
  assert.equal(await feed.end(), undefined);
  assert.equal(feed.results.length, 1);
  return feed.results[0];
}

describe('operations', () => {
  it('does queries and mutations', async (t) => {
    const { client } = connect(t);
    const { data } = await once(client, '{ viewer { subject roles } }');
    assert.deepEqual(data, { viewer: { subject: 'ines@alder-finch.example', roles: ['GLOBAL_ADMIN'] } });
    const created = await once(client, `mutation($input: CreateClaimInput!) { createClaim(input: $input) { claim { status } problems { code } } }`, {
      input: await world.input(),
    });
    assert.deepEqual(created.data.createClaim, { claim: { status: 'EDITING' }, problems: [{ code: 'PROOF_OF_EXECUTION_REQUIRED' }] });
  });

  it('tells errors of validation as `error`, errors of fields as a result', async (t) => {
    const { client } = connect(t);
    const refused = await follow(client, '{ nothing }', {}).end();
    assert.ok(Array.isArray(refused), JSON.stringify(refused));
    assert.match(refused[0].message, /nothing/);
    const { id } = await world.draft();
    const sync = connect(t, { connectionParams: bearer(world.tokens.sync) }).client;
    const { data, errors } = await once(sync, 'query($id: ID!) { viewer { subject } claim(id: $id) { id } }', { id });
    assert.deepEqual(data, { viewer: { subject: 'directory-sync' }, claim: null });
    assert.deepEqual([errors[0].path, errors[0].extensions.code], [['claim'], 'FORBIDDEN']);
  });

  it('says what was wrong with a subscription that cannot be', async (t) => {
    const { client } = connect(t);
    const feed = follow(client, HISTORY, { after: 'nonsense' });
    const failure = (await feed.end()) ?? feed.results[0]?.errors;
    assert.equal(failure?.[0].extensions.code, 'BAD_USER_INPUT', JSON.stringify(failure));
  });
});

describe('events', () => {
  it('delivers what mutations over HTTP cause, to each subscription what it asked for', async (t) => {
    const { client, seen } = connect(t);
    const { id: claimId, version } = await world.submitted();
    const from = await position(world, claimId);
    const history = follow(client, HISTORY, { claimId, after: from });
    const status = follow(client, STATUS, { claimId, after: from });
    const decided = follow(client, STATUS, { status: ['APPROVED'], after: from });
    const comments = follow(client, COMMENTS, { claimId, after: from });

    const review = await world.mutate('reviewer', 'startReview', { claimId, expectedVersion: version });
    await world.say(claimId, 'The dates are on page 1.');
    await world.mutate('reviewer', 'approveClaim', { claimId, expectedVersion: review.claim.version });

    const told = await positionsAfter(world, claimId, from);
    const entries = (await history.count(told.length)).map(({ data }) => data.historyAppended);
    assert.deepEqual(entries.map((entry) => entry.position), told);
    assert.deepEqual(entries.slice(0, 3).map((entry) => entry.action), ['REVIEW_STARTED', 'COMMENTED', 'APPROVED']);
    assert.equal(entries[1].comment.body, 'The dates are on page 1.');
    const changes = (await status.count(2)).map(({ data }) => data.claimStatusChanged);
    assert.deepEqual(changes.map(({ fromStatus, toStatus }) => [fromStatus, toStatus]), [['SUBMITTED', 'UNDER_REVIEW'], ['UNDER_REVIEW', 'APPROVED']]);
    assert.deepEqual(changes.map((change) => change.position), [entries[0].position, entries[2].position]);
    const [approved] = (await decided.count(1)).map(({ data }) => data.claimStatusChanged);
    assert.equal(approved.claim.id, claimId);
    const [said] = (await comments.count(1)).map(({ data }) => data.commentAdded);
    assert.deepEqual([said.position, said.comment.body], [entries[1].position, 'The dates are on page 1.']);
    assert.equal(seen.connected, 1, 'all over one socket');
    assert.equal(comments.results.length, 1);
  });

  it('delivers from now on where no position is given', async (t) => {
    const { client } = connect(t);
    const { id: claimId } = await world.submitted();
    const feed = follow(client, COMMENTS, { claimId });
    await provoke(feed, () => world.say(claimId, 'again'));
    assert.equal(feed.results[0].data.commentAdded.comment.body, 'again');
  });

  it('ends a subscription that the client completes, and no other', async (t) => {
    const { client } = connect(t);
    const { id: claimId } = await world.submitted();
    const from = await position(world, claimId);
    const [left, kept] = [follow(client, COMMENTS, { claimId, after: from }), follow(client, COMMENTS, { claimId, after: from })];
    await world.say(claimId, 'one');
    await Promise.all([left.count(1), kept.count(1)]);
    left.stop();
    await left.end();
    await world.say(claimId, 'two');
    await kept.count(2);
    assert.equal(left.results.length, 1);
  });

  it('never shows a partner what is another partner\'s', async (t) => {
    const { client } = connect(t, { connectionParams: bearer(world.tokens.rival) });
    const { id: claimId } = await world.submitted();
    const from = await position(world, claimId);
    const everything = follow(client, HISTORY, { after: from });
    await world.say(claimId, 'a secret');
    const own = await world.mutate('rival', 'createClaim', { ...(await world.input()), mpnId: '1000201' });
    await everything.count(1);
    assert.deepEqual(everything.results.map(({ data }) => data.historyAppended.claim.id), [own.claim.id]);
  });
});

describe('coming back', () => {
  it('misses nothing and repeats nothing when the socket is lost in the middle of 50 events', async (t) => {
    const { client, seen } = connect(t);
    const { id: claimId } = await world.submitted();
    const from = await position(world, claimId);
    const feed = follow(client, HISTORY, { claimId, after: from }, true);
    for (let number = 0; number < 50; number += 1) {
      await world.say(claimId, `comment ${number}`);
      // Torn away without a goodbye, at places where events are under way.
      if (number % 10 === 5) seen.socket?.terminate();
    }
    await feed.count(50);
    const told = await positionsAfter(world, claimId, from);
    assert.deepEqual(feed.results.map(({ data }) => data.historyAppended.position), told);
    assert.equal(told.length, 50);
    assert.ok(seen.connected > 1, `connected ${seen.connected} times`);
  });

  it('goes on at a server that was started again on the same data', async (t) => {
    const own = await World.start((hook) => t.after(hook));
    const { client, seen } = connect(t, { url: own.server.socket, connectionParams: bearer(own.tokens.partner) });
    const { id: claimId } = await own.submitted();
    const from = await position(own, claimId);
    const feed = follow(client, HISTORY, { claimId, after: from }, true);
    await own.say(claimId, 'before');
    await feed.count(1);

    const { port } = own.server;
    assert.equal(await own.server.stop(), 0, own.server.log);
    assert.equal((await seen.closes.count(1))[0].code, 1001, JSON.stringify(seen.closes.results));

    own.server = await own.home.serve((hook) => t.after(hook), { port });
    for (let number = 0; number < 5; number += 1) await own.say(claimId, `after ${number}`);
    await feed.count(6);
    assert.deepEqual(feed.results.map(({ data }) => data.historyAppended.position), await positionsAfter(own, claimId, from));
    assert.equal(seen.connected, 2);
  });

  it('goes on after kill -9 as well', async (t) => {
    const own = await World.start((hook) => t.after(hook));
    const { client } = connect(t, { url: own.server.socket, connectionParams: bearer(own.tokens.partner) });
    const { id: claimId } = await own.submitted();
    const from = await position(own, claimId);
    const feed = follow(client, HISTORY, { claimId, after: from }, true);
    await own.say(claimId, 'before');
    await feed.count(1);
    const { port } = own.server;
    await own.server.kill();
    own.server = await own.home.serve((hook) => t.after(hook), { port });
    await own.say(claimId, 'after');
    await feed.count(2);
    assert.deepEqual(feed.results.map(({ data }) => data.historyAppended.position), await positionsAfter(own, claimId, from));
  });
});

describe('tokens', () => {
  it('closes 4403 without one or with a bad one, and the client gives up', async (t) => {
    for (const connectionParams of [undefined, {}, bearer('nonsense'), { Authorization: 7 }]) {
      const { client, seen } = connect(t, { connectionParams, retryAttempts: 2 });
      const failure = await follow(client, '{ viewer { subject } }').end();
      assert.equal(failure?.code, 4403, JSON.stringify(failure));
      assert.deepEqual([seen.connected, seen.closes.results.map(({ code }) => code)], [0, [4403, 4403, 4403]]);
    }
  });

  it('closes 4403 when the token ends, and goes on with a new one without a loss', async (t) => {
    const short = await world.home.token('partner', '3s');
    const tokens = [short, world.tokens.partner];
    const { client, seen } = connect(t, { connectionParams: () => bearer(tokens.length > 1 ? tokens.shift() : tokens[0]) });
    const { id: claimId } = await world.submitted();
    const from = await position(world, claimId);
    const feed = follow(client, HISTORY, { claimId, after: from }, true);
    await world.say(claimId, 'early');
    await feed.count(1);
    await seen.closes.count(1);
    await world.say(claimId, 'late');
    await feed.count(2);
    assert.deepEqual(seen.closes.results.map(({ code }) => code), [4403]);
    assert.equal(seen.connected, 2);
  });

  it('closes 4403 when the token ends, and a client that has no other gives up', async (t) => {
    const short = await world.home.token('partner', '3s');
    const { client, seen } = connect(t, { connectionParams: bearer(short), retryAttempts: 3 });
    const { id: claimId } = await world.submitted();
    const failure = await follow(client, HISTORY, { claimId }).end();
    assert.ok([4401, 4403].includes(failure?.code), JSON.stringify(failure));
    assert.equal(seen.connected, 1);
    const closes = seen.closes.results;
    assert.equal(closes[0].code, 4403, JSON.stringify(closes));
    assert.ok(closes.length <= 4, JSON.stringify(closes));
  });
});
