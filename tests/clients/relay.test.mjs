// Relay: its compiler takes our schema, its runtime runs what it made of our documents.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { createClient } from 'graphql-ws';
import relay from 'relay-runtime';
import WebSocket from 'ws';

import { Feed, position } from './support/live.mjs';
import { project, tool } from './support/project.mjs';
import { World } from './support/world.mjs';

const { ConnectionHandler, Environment, Network, Observable, RecordSource, Store } = relay;

const world = await World.start(after);
const headers = { authorization: `Bearer ${world.tokens.partner}` };
const path = project(after, 'relay');
const require = createRequire(join(path, 'documents.js'));
const artifact = (name) => require(`./__generated__/documents${name}.graphql.js`);

/** An environment as an application makes it. */
function environment(t) {
  const sockets = createClient({ url: world.server.socket, webSocketImpl: WebSocket, connectionParams: headers });
  t.after(() => sockets.dispose());
  const get = async ({ text, name }, variables) => {
    const response = await fetch(world.server.url, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', accept: 'application/graphql-response+json' },
      body: JSON.stringify({ query: text, operationName: name, variables }),
    });
    return response.json();
  };
  const follow = ({ text, name }, variables) =>
    Observable.create((sink) => sockets.subscribe({ query: text, operationName: name, variables }, sink));
  return new Environment({ network: Network.create(get, follow), store: new Store(new RecordSource()) });
}

/** What a component with this fragment reads. */
const read = (env, fragment, ref) => env.lookup(relay.getSingularSelector(artifact(fragment), ref)).data;

/** Runs a query of an artifact. */
const query = (env, name, variables) => relay.fetchQuery(env, artifact(name), variables).toPromise();

const commit = (env, name, config) =>
  new Promise((onCompleted, onError) => relay.commitMutation(env, { mutation: artifact(name), onCompleted, onError, ...config }));

describe('relay', () => {
  before(() => tool(path, 'relay-compiler', 'relay.config.json'));

  it('pages through a connection', async (t) => {
    const env = environment(t);
    const made = [];
    for (let number = 0; number < 5; number += 1) made.push((await world.draft()).id);
    const data = await query(env, 'QueueQuery', { count: 2 });
    assert.equal(data.viewer.subject, 'ines@alder-finch.example');
    const claims = () => read(env, '_queue', data).claims;
    for (const length of [2, 4, 5]) {
      const { edges, pageInfo, totalCount } = claims();
      assert.deepEqual([edges.length, totalCount, pageInfo.hasNextPage], [length, 5, length < 5]);
      if (length < 5) await query(env, 'QueuePageQuery', { count: 2, cursor: pageInfo.endCursor });
    }
    const shown = claims().edges.map(({ node }) => read(env, '_claim', node).id);
    assert.deepEqual(shown.sort(), made.sort());
  });

  it('refetches a Node and appends to its connection', async (t) => {
    const env = environment(t);
    const { id } = await world.submitted();
    const data = await query(env, 'ClaimQuery', { id });
    assert.equal(data.node.__typename, 'Claim');
    const comments = () => read(env, '_claim', data.node.claim).comments.edges.map(({ node }) => node.body);
    assert.deepEqual(comments(), []);

    const connections = [ConnectionHandler.getConnectionID(id, 'documents_claim_comments')];
    const said = await commit(env, 'CommentMutation', { variables: { input: { claimId: id, body: 'by Relay' }, connections } });
    assert.deepEqual(said.addComment.problems, []);
    assert.deepEqual(comments(), ['by Relay']);

    await world.say(id, 'by somebody else');
    await query(env, 'ClaimRefetchQuery', { id, last: 5 });
    assert.deepEqual(comments(), ['by Relay', 'by somebody else']);
  });

  it('deletes a record', async (t) => {
    const env = environment(t);
    const { id, version } = await world.draft();
    await query(env, 'ClaimQuery', { id });
    const deleted = await commit(env, 'DeleteMutation', { variables: { input: { claimId: id, expectedVersion: version } } });
    assert.deepEqual([deleted.deleteClaimDraft.problems, deleted.deleteClaimDraft.deletedClaimId], [[], id]);
    assert.equal(env.getStore().getSource().get(id), null, 'the record is gone');
  });

  it('follows a subscription into the store', async (t) => {
    const env = environment(t);
    const { id, version } = await world.submitted();
    const data = await query(env, 'ClaimQuery', { id });
    assert.equal(read(env, '_claim', data.node.claim).status, 'SUBMITTED');
    const feed = new Feed();
    const { dispose } = relay.requestSubscription(env, {
      subscription: artifact('StatusSubscription'),
      variables: { claimId: id, after: await position(world, id) },
      onNext: feed.next,
      onError: feed.error,
    });
    t.after(dispose);
    await world.mutate('reviewer', 'startReview', { claimId: id, expectedVersion: version });
    await feed.count(1);
    assert.equal(read(env, '_claim', data.node.claim).status, 'UNDER_REVIEW');
  });
});
