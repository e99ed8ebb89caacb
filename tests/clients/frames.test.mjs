// graphql-transport-ws frame by frame: what the protocol says a server does with clients that break it.
// https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';

import WebSocket from 'ws';

import { Feed, HISTORY } from './support/live.mjs';
import { World } from './support/world.mjs';

const world = await World.start(after);
const init = { type: 'connection_init', payload: { Authorization: `Bearer ${world.tokens.partner}` } };
const follow = (id) => ({ id, type: 'subscribe', payload: { query: HISTORY } });

/** A socket, and all that the server sends on it. */
async function open(t, { protocols = ['graphql-transport-ws'], headers = {} } = {}) {
  const socket = new WebSocket(world.server.socket, protocols, { headers });
  t.after(() => socket.terminate());
  const feed = new Feed();
  socket.on('message', (data) => feed.next(JSON.parse(data)));
  socket.on('close', (code, reason) => feed.error({ code, reason: `${reason}` }));
  socket.on('error', (error) => feed.error(error));
  await new Promise((done) => socket.once('open', done).once('error', done));
  const send = (...messages) => messages.forEach((message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)));
  /** The messages of a type, once there are so many. */
  const messages = async (type, count = 1) => {
    const of = () => feed.results.filter((message) => message.type === type);
    await feed.until(() => of().length >= count || feed.over, `${count} messages ${type}`);
    assert.equal(of().length, count, JSON.stringify({ all: feed.results, failure: feed.failure }));
    return of();
  };
  return { socket, feed, send, messages, protocol: socket.protocol };
}

/** Waits for the close and looks at its code, and that it has a reason of at most 123 bytes. */
async function closes(feed, code) {
  const failure = await feed.end();
  assert.equal(failure.code, code, JSON.stringify(failure));
  assert.ok(failure.reason.length > 0 && Buffer.byteLength(failure.reason) <= 123, JSON.stringify(failure));
}

describe('4400: messages that are none', () => {
  const acknowledged = [
    ['no JSON', '{'],
    ['no object', '"connection_init"'],
    ['null', 'null'],
    ['a list', '[]'],
    ['no type', '{"id": "1"}'],
    ['an unknown type', { type: 'start', id: '1', payload: { query: '{ viewer { subject } }' } }],
    ['a message of the server', { type: 'connection_ack' }],
    ['a subscribe without an id', { type: 'subscribe', payload: { query: '{ viewer { subject } }' } }],
    ['a subscribe with an empty id', { id: '', type: 'subscribe', payload: { query: '{ viewer { subject } }' } }],
    ['a subscribe without a payload', { id: '1', type: 'subscribe' }],
    ['a subscribe without a query', { id: '1', type: 'subscribe', payload: {} }],
    ['a query that is no text', { id: '1', type: 'subscribe', payload: { query: 7 } }],
    ['variables that are no object', { id: '1', type: 'subscribe', payload: { query: '{ viewer { subject } }', variables: 'x' } }],
    ['a complete without an id', { type: 'complete' }],
  ];
  for (const [name, message] of acknowledged) {
    it(name, async (t) => {
      const { feed, send, messages } = await open(t);
      send(init);
      await messages('connection_ack');
      send(message);
      await closes(feed, 4400);
    });
  }

  it('a binary frame', async (t) => {
    const { socket, feed, send, messages } = await open(t);
    send(init);
    await messages('connection_ack');
    socket.send(Buffer.from([1, 2, 3]), { binary: true });
    const failure = await feed.end();
    assert.ok([4400, 1003].includes(failure.code), JSON.stringify(failure));
  });
});

describe('what is out of turn', () => {
  it('4401: a subscribe before the acknowledgement', async (t) => {
    const { feed, send } = await open(t);
    send(follow('1'));
    await closes(feed, 4401);
  });

  it('4401: a subscribe right after a connection_init that is refused', async (t) => {
    const { feed, send } = await open(t);
    send({ type: 'connection_init' }, follow('1'));
    const failure = await feed.end();
    assert.ok([4401, 4403].includes(failure.code), JSON.stringify(failure));
    assert.deepEqual(feed.results, []);
  });

  it('4403: a connection_init with a bad token', async (t) => {
    const { feed, send } = await open(t);
    send({ type: 'connection_init', payload: { Authorization: 'Bearer nonsense' } });
    const failure = await feed.end();
    assert.ok([4401, 4403].includes(failure.code), JSON.stringify(failure));
  });

  it('4406: no subprotocol that is spoken here', async (t) => {
    const { feed } = await open(t, { protocols: ['graphql-ws'] });
    const failure = await feed.end();
    // Refused at the upgrade already, or closed at once.
    assert.ok(failure.code === 4406 || /Unexpected server response: 4\d\d|no subprotocol/i.test(failure.message ?? ''), `${failure} ${failure.code}`);
  });

  it('4409: a second operation with the id of a running one', async (t) => {
    const { feed, send, messages } = await open(t);
    send(init);
    await messages('connection_ack');
    send(follow('1'), follow('1'));
    await closes(feed, 4409);
  });

  it('an id is free again once its operation is complete', async (t) => {
    const { send, messages } = await open(t);
    send(init);
    await messages('connection_ack');
    const query = { id: '1', type: 'subscribe', payload: { query: '{ viewer { subject } }' } };
    send(query);
    await messages('complete');
    send(query);
    await messages('complete', 2);
    await messages('next', 2);
    send(follow('2'), { id: '2', type: 'complete' }, follow('2'), { type: 'ping' });
    await messages('pong');
  });

  it('a complete for an operation that there is not (any more) is no fault', async (t) => {
    const { send, messages } = await open(t);
    send(init);
    await messages('connection_ack');
    send({ id: 'never', type: 'complete' }, { type: 'ping' });
    await messages('pong');
  });

  it('4429: a second connection_init', async (t) => {
    for (const wait of [true, false]) {
      const { feed, send, messages } = await open(t);
      send(init);
      if (wait) await messages('connection_ack');
      send(init);
      await closes(feed, 4429);
    }
  });
});

describe('the protocol', () => {
  it('is named by the server, and acknowledges once', async (t) => {
    const { send, messages, protocol } = await open(t, { protocols: ['graphql-ws', 'graphql-transport-ws'] });
    assert.equal(protocol, 'graphql-transport-ws');
    send(init);
    await messages('connection_ack');
  });

  it('answers a ping with a pong before and after the acknowledgement, and takes pongs that nobody asked for', async (t) => {
    const { send, messages } = await open(t);
    send({ type: 'ping' }, { type: 'pong', payload: { any: 'thing' } });
    await messages('pong');
    send(init);
    await messages('connection_ack');
    send({ type: 'pong' }, { type: 'ping', payload: { any: 'thing' } });
    await messages('pong', 2);
  });

  it('takes the token from the upgrade as well', async (t) => {
    const { send, messages } = await open(t, { headers: { Authorization: init.payload.Authorization } });
    send({ type: 'connection_init' });
    await messages('connection_ack');
    send({ id: 'a', type: 'subscribe', payload: { query: 'query Me { viewer { subject } }', operationName: 'Me', variables: null, extensions: {} } });
    const [next] = await messages('next');
    assert.deepEqual(next, { id: 'a', type: 'next', payload: { data: { viewer: { subject: 'ines@alder-finch.example' } } } });
    assert.deepEqual(await messages('complete'), [{ id: 'a', type: 'complete' }]);
  });

  it('refuses what does not validate with `error`, a list of errors, and no `complete`', async (t) => {
    const { feed, send, messages } = await open(t);
    send(init);
    await messages('connection_ack');
    send({ id: 'x', type: 'subscribe', payload: { query: 'subscription { nothing }' } }, { type: 'ping' });
    const [error] = await messages('error');
    assert.equal(error.id, 'x');
    assert.ok(Array.isArray(error.payload) && error.payload.every(({ message }) => typeof message === 'string'), JSON.stringify(error));
    await messages('pong');
    assert.ok(!feed.results.some(({ type }) => type === 'complete'));
  });
});
