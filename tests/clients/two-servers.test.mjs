// Two servers on one PostgreSQL: whoever follows the history at one of them hears of everything, and may change over (H2).
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';

import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

import { Feed, HISTORY, position } from './support/live.mjs';
import { postgres } from './support/stores.mjs';
import { World } from './support/world.mjs';

const world = await World.start(after, { DATABASE_URL: await postgres(after) });
const servers = [world.server, await world.home.serve(after)];

/** Says so much to each of these claims, through both servers at once; the order is left to chance. */
async function talk(claims, times) {
  const say = async (claim, number) => {
    const query = 'mutation($input: AddCommentInput!) { addComment(input: $input) { problems { code } } }';
    const response = await fetch(servers[number % 2].url, {
      method: 'POST',
      headers: { authorization: `Bearer ${world.tokens.partner}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables: { input: { claimId: claim.id, body: `comment ${number}` } } }),
    });
    const answer = await response.json();
    assert.deepEqual(answer.data?.addComment.problems, [], JSON.stringify(answer));
  };
  const each = async (claim) => {
    for (let number = 0; number < times; number += 1) await say(claim, number);
  };
  await Promise.all(claims.map(each));
}

/** The positions of the last entries, in their order. */
async function last(count) {
  const query = 'query($count: Int!) { history(last: $count) { nodes { position } } }';
  return (await world.data('partner', query, { count })).history.nodes.map((node) => node.position);
}

describe('two servers', () => {
  it('tell of what happens at either, in one order, and take over from each other', async (t) => {
    const claims = [];
    for (let number = 0; number < 8; number += 1) claims.push(await world.submitted());
    const from = await position(world, claims.at(-1).id);
    const followers = servers.map((_, at) => {
      let turn = at;
      let socket;
      const client = createClient({
        // The other one each time.
        url: () => servers[turn++ % 2].socket,
        webSocketImpl: WebSocket,
        connectionParams: { Authorization: `Bearer ${world.tokens.partner}` },
        retryAttempts: 1000,
        retryWait: async () => {},
        shouldRetry: () => true,
        on: { connected: (connected) => (socket = connected) },
      });
      t.after(() => client.dispose());
      const feed = new Feed();
      const payload = { query: HISTORY, variables: { claimId: null, after: from } };
      const next = (result) => {
        if (result.data) payload.variables.after = result.data.historyAppended.position;
        feed.next(result);
        if (feed.results.length % 30 === 20) socket.terminate();
      };
      client.subscribe(payload, { next, error: feed.error, complete: feed.complete });
      return { feed, turns: () => turn - at };
    });
    await talk(claims, 12);
    const told = await last(96);
    for (const { feed, turns } of followers) {
      await feed.count(96);
      assert.deepEqual(feed.results.map(({ data, errors }) => errors ?? data.historyAppended.position), told);
      assert.ok(turns() > 2, `connected ${turns()} times`);
    }
  });
});
