/**
 * A server with the sample directory and tokens, and claims brought to where a test needs them, by plain `fetch`.
 *
 * @module
 */
import assert from 'node:assert/strict';

import { Home } from './server.mjs';

/** A PDF as short as it can be. */
export const PDF = '%PDF-1.7\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n';

/** The claim in every answer. */
const CLAIM = 'claim { id number status version } problems { code field message remedy }';

/** The stage of a test file. */
export class World {
  /** @param {(hook: () => unknown) => void} after `after` of node:test */
  static async start(after, env = {}) {
    const home = await Home.make(after, env);
    const world = new World();
    world.home = home;
    world.server = await home.serve(after);
    world.tokens = await home.tokens();
    return world;
  }

  /** Sends a request and gives the whole answer. */
  async ask(who, query, variables = {}) {
    const response = await fetch(this.server.url, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.tokens[who]}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    return response.json();
  }

  /** The data of a request that has no errors. */
  async data(who, query, variables = {}) {
    const answer = await this.ask(who, query, variables);
    assert.equal(answer.errors, undefined, JSON.stringify(answer.errors));
    return answer.data;
  }

  /** Does a mutation whose input type is named after it, and gives its payload; it is done, and a draft may say what it lacks. */
  async mutate(who, name, input, more = '') {
    const type = `${name[0].toUpperCase()}${name.slice(1)}Input`;
    const data = await this.data(who, `mutation($input: ${type}!) { ${name}(input: $input) { ${CLAIM} ${more} } }`, { input });
    if (name !== 'createClaim') assert.deepEqual(data[name].problems, []);
    assert.ok(data[name].claim, JSON.stringify(data));
    return data[name];
  }

  /** The input of a claim that lacks only proof: Sales at a customer of its own, which is made with it. */
  async input() {
    World.customers = (World.customers ?? 0) + 1;
    const number = String(World.customers).padStart(12, '0');
    const [tenantId, domain] = [`c1000000-0000-4000-8000-${number}`, `customer-${World.customers}.example`];
    const skuId = '1e1a282c-9c54-43a2-9310-98ef728faace';
    const [products, loaded] = await Promise.all([
      this.data('partner', '{ products(first: 20, filter: { search: "Dynamics 365 for Sales Enterprise" }) { nodes { id skuId } } }'),
      this.data(
        'sync',
        `mutation($customers: UpsertCustomersInput!, $subscriptions: UpsertSubscriptionsInput!) {
          upsertCustomers(input: $customers) { problems { row } }
          upsertSubscriptions(input: $subscriptions) { problems { row } }
        }`,
        {
          customers: { rows: [{ tenantId, name: `Customer ${World.customers}`, domain }] },
          subscriptions: {
            rows: [{
              subscriptionId: `51000000-0000-4000-8000-${number}`, tenantId, skuId, channel: 'WEB_DIRECT', status: 'ACTIVE', seats: 5,
              startsAt: '2025-01-01T00:00:00Z',
            }],
          },
        },
      ),
    ]);
    assert.deepEqual(loaded, { upsertCustomers: { problems: [] }, upsertSubscriptions: { problems: [] } });
    const contact = { name: 'Kim Kontakt', title: 'CIO', email: `kim@${domain}` };
    return {
      name: `Sales at customer ${World.customers}`, tenantId, domain, solutionArea: 'BUSINESS_APPLICATIONS', activities: ['PRESALES', 'USAGE'],
      mpnId: '1000101', lines: [{ productId: products.products.nodes.find((product) => product.skuId === skuId).id }],
      customerContact: contact, technicalContact: contact, partnerContact: contact,
    };
  }

  /** A new draft, without proof. */
  async draft() {
    return (await this.mutate('partner', 'createClaim', await this.input())).claim;
  }

  /** A new claim that has been handed in. */
  async submitted() {
    const { id: claimId } = await this.draft();
    const { version: expectedVersion } = await this.attach(claimId);
    return (await this.mutate('partner', 'submitClaim', { claimId, expectedVersion })).claim;
  }

  /** A new claim under review. */
  async underReview() {
    const { id: claimId, version: expectedVersion } = await this.submitted();
    return (await this.mutate('reviewer', 'startReview', { claimId, expectedVersion })).claim;
  }

  /** Uploads proof and gives the claim. */
  async attach(claimId) {
    const query = `mutation($input: AttachProofOfExecutionInput!) { attachProofOfExecution(input: $input) { ${CLAIM} } }`;
    const form = new FormData();
    form.set('operations', JSON.stringify({ query, variables: { input: { claimId, file: null } } }));
    form.set('map', '{"0": ["variables.input.file"]}');
    form.set('0', new Blob([PDF]), 'proof.pdf');
    const headers = { authorization: `Bearer ${this.tokens.partner}` };
    const answer = await (await fetch(this.server.url, { method: 'POST', headers, body: form })).json();
    assert.deepEqual(answer.data?.attachProofOfExecution?.problems, [], JSON.stringify(answer));
    return answer.data.attachProofOfExecution.claim;
  }

  /** Says something to a claim; gives the comment's id. */
  async say(claimId, body, who = 'partner') {
    return (await this.mutate(who, 'addComment', { claimId, body }, 'comment { id }')).comment.id;
  }
}
