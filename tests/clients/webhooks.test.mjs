// Webhook messages as a receiver checks them: by the library of Standard Webhooks (W2).
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, describe, it } from 'node:test';

import { Webhook } from 'standardwebhooks';

import { within } from './support/server.mjs';
import { World } from './support/world.mjs';

/** A receiver that keeps what it gets, with the body as it came. */
class Receiver {
  messages = [];
  #waiting = [];

  async start() {
    this.server = createServer(async (request, response) => {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      response.end('thank you');
      const message = { headers: request.headers, body: Buffer.concat(chunks).toString('utf8') };
      this.messages.push(message);
      this.#waiting.shift()?.(message);
    });
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    this.url = `http://127.0.0.1:${this.server.address().port}/hooks`;
  }

  /** The next message that comes. */
  next() {
    return within(new Promise((done) => this.#waiting.push(done)), 'a message');
  }

  async stop() {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }
}

const receiver = new Receiver();
await receiver.start();
after(() => receiver.stop());
const world = await World.start(after, {
  CPOR_WEBHOOK_ALLOW: '127.0.0.0/8',
  CPOR_WEBHOOK_KEY: 'a-key-of-the-tests-which-opens-nothing-else',
});

describe('webhooks', () => {
  let endpoint;

  const manage = async (name, input, fields) => {
    const type = `${name[0].toUpperCase()}${name.slice(1)}Input`;
    const query = `mutation($input: ${type}!) { ${name}(input: $input) { ${fields} problems { code field message } } }`;
    const payload = (await world.data('partner', query, { input }))[name];
    assert.deepEqual(payload.problems, []);
    return payload;
  };

  it('are verified by standardwebhooks', async () => {
    endpoint = await manage('createWebhookEndpoint', { url: receiver.url, events: ['HISTORY_APPENDED'] }, 'endpoint { id } secret');
    const coming = receiver.next();
    const draft = await world.draft();
    const { headers, body } = await coming;
    const event = new Webhook(endpoint.secret).verify(body, headers);
    assert.equal(event.type, 'history.appended');
    assert.equal(event.data.claimId, draft.id);
    assert.equal(event.data.action, 'CREATED');
    assert.throws(() => new Webhook(endpoint.secret).verify(`${body} `, headers));
  });

  it('are signed by the old and the new secret after a rotation', async () => {
    const { secret } = await manage('rotateWebhookSecret', { endpointId: endpoint.endpoint.id }, 'secret');
    const coming = receiver.next();
    await world.draft();
    const { headers, body } = await coming;
    new Webhook(secret).verify(body, headers);
    new Webhook(endpoint.secret).verify(body, headers);
  });

  it('answer a test', async () => {
    const coming = receiver.next();
    const { attempt } = await manage('testWebhookEndpoint', { endpointId: endpoint.endpoint.id }, 'attempt { status answer }');
    assert.deepEqual(attempt, { status: 200, answer: 'thank you' });
    assert.equal(JSON.parse((await coming).body).type, 'webhook.test');
  });
});
