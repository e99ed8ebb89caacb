// Access tokens of a certified OpenID provider, oidc-provider: discovery, keys that rotate, audiences (A7).
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, describe, it } from 'node:test';

import Provider from 'oidc-provider';

import { Home } from './support/server.mjs';

const AUDIENCE = 'https://cpor.example';
const SECRET = 'the-secret-of-a-client-of-the-provider';

/** A signing key as the provider keeps it. */
function signingKey(kid, alg) {
  const pair =
    alg === 'ES256' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...pair.privateKey.export({ format: 'jwk' }), kid, alg, use: 'sig' };
}

/** The provider on a port of this machine. */
class Issuer {
  async start() {
    this.server = createServer((request, response) => this.answer(request, response));
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    this.url = `http://127.0.0.1:${this.server.address().port}`;
  }

  /** Signs with these keys from now on, and lists no others. */
  signWith(keys, alg) {
    const resource = (_, indicator) => ({
      scope: 'claims:read history:read',
      audience: indicator,
      accessTokenFormat: 'jwt',
      jwt: { sign: { alg } },
    });
    const provider = new Provider(this.url, {
      clients: [
        {
          client_id: 'reporting',
          client_secret: SECRET,
          grant_types: ['client_credentials'],
          redirect_uris: [],
          response_types: [],
          id_token_signed_response_alg: alg,
        },
      ],
      cookies: { keys: ['only-for-tests'] },
      jwks: { keys },
      scopes: ['claims:read', 'history:read'],
      ttl: { ClientCredentials: 600 },
      extraTokenClaims: () => ({ roles: ['REVIEWER'] }),
      features: {
        devInteractions: { enabled: false },
        clientCredentials: { enabled: true },
        resourceIndicators: { enabled: true, getResourceServerInfo: resource },
      },
    });
    this.answer = provider.callback();
  }

  async stop() {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  /** An access token for a resource, by client credentials. */
  async token(resource = AUDIENCE, scope = 'claims:read history:read') {
    const response = await fetch(`${this.url}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`reporting:${SECRET}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', resource, scope }),
    });
    const answer = await response.json();
    assert.equal(response.status, 200, JSON.stringify(answer));
    return answer.access_token;
  }
}

const issuer = new Issuer();
await issuer.start();
issuer.signWith([signingKey('one', 'RS256')], 'RS256');
after(() => issuer.stop());
const home = await Home.make(after, {
  CPOR_JWT_SECRET: '',
  CPOR_OIDC_ISSUER: issuer.url,
  CPOR_JWT_AUDIENCE: AUDIENCE,
});
const server = await home.serve(after);

async function ask(token, query = '{ viewer { subject roles scopes } claims { totalCount } }') {
  const response = await fetch(server.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query }),
  });
  return { status: response.status, headers: response.headers, answer: await response.json() };
}

describe('access tokens of oidc-provider', () => {
  it('are accepted with the keys that discovery leads to', async () => {
    const { status, answer } = await ask(await issuer.token());
    assert.equal(status, 200, JSON.stringify(answer));
    assert.deepEqual(answer.data.viewer.roles, ['REVIEWER']);
    assert.equal(answer.data.viewer.subject, 'reporting');
    assert.equal(answer.data.claims.totalCount, 0);
  });

  it('open what their scopes say and no more', async () => {
    const { answer } = await ask(await issuer.token(AUDIENCE, 'history:read'), '{ claims { totalCount } }');
    assert.equal(answer.errors[0].extensions.code, 'FORBIDDEN');
  });

  it('are refused when they are for another resource', async () => {
    const { status, headers } = await ask(await issuer.token('https://elsewhere.example'));
    assert.equal(status, 401);
    assert.match(headers.get('www-authenticate'), /^Bearer error="invalid_token"/);
  });

  it('are explained', async () => {
    const said = await home.run('token', 'explain', await issuer.token());
    assert.match(said, /reporting/);
    assert.match(said, /REVIEWER/);
  });

  it('are accepted with a key that came after the start, of another algorithm', async () => {
    issuer.signWith([signingKey('two', 'ES256')], 'ES256');
    const { status, answer } = await ask(await issuer.token());
    assert.equal(status, 200, `${JSON.stringify(answer)}\n${server.log}`);
  });
});
