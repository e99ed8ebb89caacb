/**
 * What a subscription delivers, collected, so that a test can await it.
 *
 * @module
 */
import { PATIENCE } from './server.mjs';

/** A sink of graphql-ws, graphql-sse, an Observable or the like. */
export class Feed {
  constructor() {
    /** All results so far. */
    this.results = [];
    /** With what it failed, if it did. */
    this.failure = undefined;
    /** Whether it completed. */
    this.completed = false;
    this.wakes = new Set();
  }

  next = (result) => {
    this.results.push(result);
    this.wake();
  };

  error = (error) => {
    this.failure = error;
    this.wake();
  };

  complete = () => {
    this.completed = true;
    this.wake();
  };

  wake() {
    for (const wake of this.wakes) wake();
  }

  /** Whether nothing more comes. */
  get over() {
    return this.completed || this.failure !== undefined;
  }

  /** Waits until this holds. */
  until(holds, what) {
    return new Promise((done, fail) => {
      const wake = () => {
        if (!holds()) return false;
        clearTimeout(timer);
        this.wakes.delete(wake);
        done();
        return true;
      };
      const timer = setTimeout(() => {
        this.wakes.delete(wake);
        const seen = JSON.stringify(this.results.slice(-3));
        fail(new Error(`waited in vain for ${what}; ${this.results.length} results, the last ${seen}; ${describe(this.failure)}`));
      }, PATIENCE);
      this.wakes.add(wake);
      wake();
    });
  }

  /** Waits until there are so many results, and gives them. */
  async count(count) {
    await this.until(() => this.results.length >= count || this.over, `${count} results`);
    if (this.results.length < count) {
      throw new Error(`it was over after ${this.results.length} of ${count} results: ${describe(this.failure)}`);
    }
    return this.results;
  }

  /** Waits until nothing more comes, and gives what it failed with. */
  async end() {
    await this.until(() => this.over, 'the end');
    return this.failure;
  }
}

/** Whatever a client failed with, for people. */
export function describe(failure) {
  if (failure === undefined) return 'no failure';
  if (failure instanceof Error) return `${failure}`;
  if (typeof failure === 'object' && 'code' in failure) return `${failure.code} ${failure.reason}`;
  return JSON.stringify(failure);
}

/** Repeats something that causes an event until a feed has one: nothing tells a client when its subscription has begun. */
export async function provoke(feed, cause) {
  const before = feed.results.length;
  while (feed.results.length === before && !feed.over) {
    await cause();
    await new Promise((done) => setTimeout(done, 20));
  }
  await feed.count(before + 1);
}

export const STATUS = `subscription($claimId: ID, $status: [ClaimStatus!], $after: String) {
  claimStatusChanged(claimId: $claimId, status: $status, after: $after) {
    position fromStatus toStatus at actor { kind name } claim { id number status version }
  }
}`;

export const COMMENTS = `subscription($claimId: ID!, $after: String) {
  commentAdded(claimId: $claimId, after: $after) { position comment { id body author { kind name } } }
}`;

export const HISTORY = `subscription($claimId: ID, $after: String) {
  historyAppended(claimId: $claimId, after: $after) { id position action actor { kind } toStatus comment { id body } claim { id } }
}`;

/** The position of the last entry of a claim's history. */
export async function position(world, claimId) {
  const query = 'query($id: ID!) { claim(id: $id) { history(last: 1) { nodes { position } } } }';
  return (await world.data('partner', query, { id: claimId })).claim.history.nodes[0].position;
}

/** The positions of a claim's history after this one, as a query tells them: what a subscription must have delivered. */
export async function positionsAfter(world, claimId, after) {
  const query = `query($id: ID!, $cursor: String) {
    claim(id: $id) { history(first: 100, after: $cursor) { nodes { position } pageInfo { hasNextPage endCursor } } }
  }`;
  const all = [];
  for (let cursor = null, more = true; more; ) {
    const { nodes, pageInfo } = (await world.data('partner', query, { id: claimId, cursor })).claim.history;
    all.push(...nodes.map((node) => node.position));
    [cursor, more] = [pageInfo.endCursor, pageInfo.hasNextPage];
  }
  return all.slice(all.indexOf(after) + 1);
}
