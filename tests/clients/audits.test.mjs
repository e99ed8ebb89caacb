// GraphQL over HTTP: the audits of graphql-http, which gateways and clients are tested with.
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';

import { serverAudits } from 'graphql-http';

import { World } from './support/world.mjs';

const world = await World.start(after);

const fetchFn = (url, init = {}) => {
  const headers = new Headers(init.headers);
  headers.set('authorization', `Bearer ${world.tokens.partner}`);
  return fetch(url, { ...init, headers });
};

describe('graphql-http', () => {
  const audits = serverAudits({ url: world.server.url, fetchFn });

  it('has the audits that we know', () => assert.equal(audits.length, 61));

  for (const audit of audits) {
    it(`${audit.id} ${audit.name}`, async () => {
      const result = await audit.fn();
      const body = result.response?.bodyUsed === false ? await result.response.text() : '';
      assert.equal(result.status, 'ok', `${result.reason} ${result.response?.status} ${body}`);
    });
  }
});
