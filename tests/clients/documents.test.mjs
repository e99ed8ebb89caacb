// Documents in a store that speaks S3 (s3rver), shared by two servers on one PostgreSQL (P1).
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { after, describe, it } from 'node:test';

import { Store, postgres } from './support/stores.mjs';
import { World } from './support/world.mjs';

const [database, store] = await Promise.all([postgres(after), Store.start(after)]);
const world = await World.start(after, { DATABASE_URL: database, ...store.env });
const second = await world.home.serve(after);
const sha256 = (content) => createHash('sha256').update(content).digest('hex');

/** Uploads proof through the first server: the HTTP status and the answer. */
async function upload(claimId, content, name = 'proof.pdf') {
  const query = `mutation($input: AttachProofOfExecutionInput!) {
    attachProofOfExecution(input: $input) { document { url sha256 size } claim { version } problems { code } }
  }`;
  const form = new FormData();
  form.set('operations', JSON.stringify({ query, variables: { input: { claimId, file: null } } }));
  form.set('map', '{"0": ["variables.input.file"]}');
  form.set('0', new Blob([content]), name);
  const headers = { authorization: `Bearer ${world.tokens.partner}` };
  const response = await fetch(world.server.url, { method: 'POST', headers, body: form });
  return { status: response.status, answer: await response.json() };
}

/** Downloads a document through the second server. */
const download = (url) => fetch(second.base + url, { headers: { authorization: `Bearer ${world.tokens.partner}` } });

/** A document that is there, its content, and its claim. */
async function uploaded(size = 100) {
  const content = `%PDF-1.7\n1 0 obj <</Type /Catalog>> endobj\n%${'x'.repeat(size)}\ntrailer <</Root 1 0 R>>\n%%EOF\n`;
  const { id } = await world.draft();
  const { answer } = await upload(id, content);
  const { document, problems } = answer.data.attachProofOfExecution;
  assert.deepEqual(problems, []);
  return { id, content, ...document };
}

/** Looks at the answer while the store is away: 503 with a code, and not the 504 of a request that took too long. */
async function refused(asking) {
  const response = await asking();
  const body = await response.json();
  assert.equal(response.status, 503, JSON.stringify(body));
  assert.equal(body.errors[0].extensions.code, 'SERVICE_UNAVAILABLE');
}

describe('two servers, one store', () => {
  for (const size of [100, 5_000_000]) {
    it(`sends through one what was uploaded through the other: ${size} bytes`, async () => {
      const { url, content, ...document } = await uploaded(size);
      const response = await download(url);
      assert.equal(response.status, 200);
      const received = Buffer.from(await response.arrayBuffer());
      assert.deepEqual([sha256(received), received.length], [sha256(content), content.length]);
      assert.deepEqual([document.sha256, document.size], [sha256(content), content.length]);
    });
  }

  it('keeps everything under the prefix, and nothing is left of the check at the start', async () => {
    await uploaded();
    const files = readdirSync(store.folder, { recursive: true }).map(String);
    assert.ok(files.some((file) => file.startsWith('proof/of/execution/')), `${files}`);
    assert.ok(!files.some((file) => file.includes('cpor-start-check')), `${files}`);
  });

  it('removes what is removed', async () => {
    const objects = () => readdirSync(store.folder, { recursive: true }).filter((file) => `${file}`.endsWith('._S3rver_object')).length;
    const before = objects();
    const { id } = await uploaded();
    assert.equal(objects(), before + 1);
    const { version } = (await world.data('partner', 'query($id: ID!) { claim(id: $id) { version } }', { id })).claim;
    const gone = await world.data('partner', 'mutation($input: DeleteClaimDraftInput!) { deleteClaimDraft(input: $input) { problems { code } } }', {
      input: { claimId: id, expectedVersion: version },
    });
    assert.deepEqual(gone.deleteClaimDraft.problems, []);
    assert.equal(objects(), before);
  });

  it('verifies', async () => {
    assert.match(await world.home.run('verify'), /document/);
  });
});

describe('without the store', () => {
  it('refuses with 503 while it is gone, and goes on once it is back', async () => {
    const { id, url, content } = await uploaded();
    await store.kill();
    await refused(() => download(url));
    const { status, answer } = await upload(id, content);
    assert.deepEqual([status, answer.errors[0].extensions.code], [503, 'SERVICE_UNAVAILABLE']);
    // All else goes on, and nothing was half done.
    const claim = await world.data('partner', 'query($id: ID!) { claim(id: $id) { proofOfExecution { id } } }', { id });
    assert.equal(claim.claim.proofOfExecution.length, 1);
    await store.up();
    assert.equal(sha256(Buffer.from(await (await download(url)).arrayBuffer())), sha256(content));
    assert.deepEqual((await upload(id, `${content}again`)).answer.data.attachProofOfExecution.problems, []);
  });

  it('refuses with 503 in time while it hangs, and goes on once it does not', async () => {
    const { id, url, content } = await uploaded();
    store.hang();
    try {
      const uploading = upload(id, `${content}again`);
      await refused(() => download(url));
      const { status, answer } = await uploading;
      assert.deepEqual([status, answer.errors[0].extensions.code], [503, 'SERVICE_UNAVAILABLE']);
    } finally {
      store.wake();
    }
    assert.match(world.server.log, /documents: /, 'the log says why');
    assert.doesNotMatch(world.server.log + second.log, /S3RVER|proof\.pdf/);
    assert.equal(sha256(Buffer.from(await (await download(url)).arrayBuffer())), sha256(content));
  });

  it('tells verify from what is broken', async () => {
    await store.kill();
    await assert.rejects(world.home.run('verify'), ({ code, stderr }) => code === 1 && /does not answer/.test(stderr) && !/is gone/.test(stderr));
    await store.up();
  });

  it('starts all the same', async () => {
    await store.kill();
    const third = await world.home.serve(after);
    assert.equal((await fetch(`${third.base}/readyz`)).status, 200);
    await store.up();
    const { url } = await uploaded();
    assert.equal((await fetch(third.base + url, { headers: { authorization: `Bearer ${world.tokens.partner}` } })).status, 200);
    await third.stop();
  });
});

describe('settings that cannot be right', () => {
  const wrong = [
    ['a bucket that is not there', { CPOR_DOCUMENTS: 's3://elsewhere' }, /document store cannot store anything/],
    ['somebody whom the store does not know', { AWS_ACCESS_KEY_ID: 'nobody' }, /document store cannot store anything/],
    ['no encryption unasked', { AWS_ALLOW_HTTP: 'false' }, /would not be encrypted[^]*AWS_ALLOW_HTTP/],
    ['half a pair of keys', { AWS_SECRET_ACCESS_KEY: undefined }, /AWS_SECRET_ACCESS_KEY/],
    ['no bucket', { CPOR_DOCUMENTS: 's3://' }, /not a valid bucket name/],
  ];
  for (const [name, env, told] of wrong) {
    it(name, async () => {
      const before = world.home.env;
      world.home.env = Object.fromEntries(Object.entries({ ...before, ...env }).filter(([, value]) => value !== undefined));
      try {
        await assert.rejects(world.home.serve(after), (error) => {
          assert.match(error.message, told);
          assert.match(error.message, /help: /);
          assert.match(error.message, /ended with 1 /);
          return true;
        });
      } finally {
        world.home.env = before;
      }
    });
  }
});
