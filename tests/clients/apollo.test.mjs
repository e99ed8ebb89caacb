// Apollo Client 4: cache, errors, paging, live operations and uploads, as an application uses them.
import './support/globals.mjs';

import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';

import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache, gql } from '@apollo/client/core';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { getMainDefinition, relayStylePagination } from '@apollo/client/utilities';
import UploadHttpLink from 'apollo-upload-client/UploadHttpLink.mjs';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

import { COMMENTS, Feed, STATUS, position, provoke } from './support/live.mjs';
import { PDF, World } from './support/world.mjs';

const world = await World.start(after);
const bearer = (who) => ({ authorization: `Bearer ${world.tokens[who]}` });

/** A client whose subscriptions go by WebSocket and all else by HTTP; `http` is the link for that. */
function client(t, Http = HttpLink, headers = bearer('partner')) {
  const sockets = createClient({ url: world.server.socket, webSocketImpl: WebSocket, connectionParams: headers });
  t.after(() => sockets.dispose());
  const isLive = ({ query }) => getMainDefinition(query).operation === 'subscription';
  const link = ApolloLink.split(isLive, new GraphQLWsLink(sockets), new Http({ uri: world.server.url, headers }));
  const cache = new InMemoryCache({ typePolicies: { Query: { fields: { claims: relayStylePagination(['filter', 'orderBy']) } } } });
  const apollo = new ApolloClient({ link, cache });
  t.after(() => apollo.stop());
  return apollo;
}

const CLAIM = gql`query Claim($id: ID!) { claim(id: $id) { id number status version } }`;

describe('over HTTP', () => {
  it('normalises by id: what a mutation answers is what an earlier query shows', async (t) => {
    const apollo = client(t);
    const { id, version } = await world.draft();
    const shown = new Feed();
    apollo.watchQuery({ query: CLAIM, variables: { id } }).subscribe(shown);
    const seen = () => shown.results.filter(({ data }) => data?.claim);
    await shown.until(() => seen().length === 1, 'the claim');
    const { data } = await apollo.mutate({
      mutation: gql`mutation Rename($input: UpdateClaimInput!) {
        updateClaim(input: $input) { claim { id name version } problems { code } }
      }`,
      variables: { input: { claimId: id, expectedVersion: version, name: 'Renamed' } },
    });
    assert.equal(data.updateClaim.claim.name, 'Renamed');
    await shown.until(() => seen().length === 2, 'the changed claim');
    assert.equal(seen()[1].data.claim.version, version + 1);
    assert.equal(apollo.cache.extract()[`Claim:${id}`].name, 'Renamed');
  });

  it('gets refusals as data, with code, field and remedy', async (t) => {
    const { id } = await world.draft();
    const { data, error } = await client(t).mutate({
      mutation: gql`mutation Submit($input: SubmitClaimInput!) {
        submitClaim(input: $input) { claim { id } problems { code field message remedy } }
      }`,
      variables: { input: { claimId: id, expectedVersion: 7 } },
    });
    assert.equal(error, undefined);
    assert.equal(data.submitClaim.claim, null);
    const [problem] = data.submitClaim.problems;
    assert.equal(problem.code, 'VERSION_CONFLICT');
    assert.deepEqual(problem.field, ['expectedVersion']);
    assert.ok(problem.remedy);
  });

  it('gets errors with their codes, of fields and of whole documents', async (t) => {
    const apollo = client(t, HttpLink, bearer('sync'));
    const { id } = await world.draft();
    const query = gql`query Partial($id: ID!) { viewer { subject } claim(id: $id) { id } }`;
    const partial = await apollo.query({ query, variables: { id }, errorPolicy: 'all' });
    assert.ok(CombinedGraphQLErrors.is(partial.error), `${partial.error}`);
    assert.equal(partial.error.errors[0].extensions.code, 'FORBIDDEN');
    assert.deepEqual([partial.data.viewer.subject, partial.data.claim], ['directory-sync', null]);
    await assert.rejects(apollo.query({ query: gql`query Wrong { nothing }` }), (error) => {
      assert.ok(CombinedGraphQLErrors.is(error), `${error}`);
      assert.ok(error.errors[0].extensions.code);
      return true;
    });
  });

  it('pages with fetchMore and relayStylePagination', async (t) => {
    const apollo = client(t);
    const ids = [];
    for (let number = 0; number < 5; number += 1) ids.push((await world.draft()).id);
    const query = gql`query Page($first: Int!, $after: String, $filter: ClaimFilter, $orderBy: ClaimOrder) {
      claims(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
        totalCount
        edges { cursor node { id number } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      }
    }`;
    const variables = { first: 2, filter: { ids }, orderBy: { field: 'CREATED_AT', direction: 'ASC' } };
    const pages = apollo.watchQuery({ query, variables });
    const shown = new Feed();
    pages.subscribe(shown);
    await shown.until(() => shown.results.at(-1)?.data?.claims, 'the first page');
    const now = () => shown.results.at(-1).data.claims;
    for (const length of [4, 5]) {
      await pages.fetchMore({ variables: { after: now().pageInfo.endCursor } });
      await shown.until(() => now().edges.length === length, `${length} claims`);
    }
    assert.deepEqual(now().edges.map(({ node }) => node.id), ids);
    assert.deepEqual([now().totalCount, now().pageInfo.hasNextPage], [5, false]);
  });

  it('uploads with apollo-upload-client', async (t) => {
    const { id: claimId } = await world.draft();
    const { data } = await client(t, UploadHttpLink).mutate({
      mutation: gql`mutation Attach($input: AttachProofOfExecutionInput!) {
        attachProofOfExecution(input: $input) { document { id name size mediaType } claim { id version } problems { code } }
      }`,
      variables: { input: { claimId, file: new File([PDF], 'Bericht für Zoë.pdf', { type: 'application/pdf' }) } },
    });
    const { document, problems } = data.attachProofOfExecution;
    assert.deepEqual(problems, []);
    assert.deepEqual([document.name, document.size, document.mediaType], ['Bericht für Zoë.pdf', PDF.length, 'application/pdf']);
  });
});

describe('live', () => {
  it('shows changes of a claim in a query that is watched', async (t) => {
    const apollo = client(t);
    const { id, version } = await world.submitted();
    const shown = new Feed();
    apollo.watchQuery({ query: CLAIM, variables: { id } }).subscribe(shown);
    const changes = new Feed();
    apollo.subscribe({ query: gql(STATUS), variables: { claimId: id, after: await position(world, id) } }).subscribe(changes);
    await shown.until(() => shown.results.at(-1)?.data?.claim?.status === 'SUBMITTED', 'the claim');
    await world.mutate('reviewer', 'startReview', { claimId: id, expectedVersion: version });
    const [{ data, error }] = await changes.count(1);
    assert.equal(data?.claimStatusChanged.toStatus, 'UNDER_REVIEW', `${error}`);
    await shown.until(() => shown.results.at(-1).data.claim.status === 'UNDER_REVIEW', 'the new status in the query');
  });

  it('delivers from now on, and lets go', async (t) => {
    const apollo = client(t);
    const { id: claimId } = await world.submitted();
    const comments = new Feed();
    const subscription = apollo.subscribe({ query: gql(COMMENTS), variables: { claimId } }).subscribe(comments);
    await provoke(comments, () => world.say(claimId, 'again'));
    const [{ data, error }] = comments.results;
    assert.equal(data?.commentAdded.comment.body, 'again', `${error}`);
    subscription.unsubscribe();
  });
});
