// The schema: what the server tells about itself is what is committed, and other implementations take it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';

import { diff } from '@graphql-inspector/core';
import * as sixteen from 'graphql';
import * as seventeen from 'graphql17';

import { ROOT } from './support/server.mjs';
import { World } from './support/world.mjs';

const world = await World.start(after);
const text = readFileSync(join(ROOT, 'schema.graphql'), 'utf8');

/** Asks for all that introspection can tell. */
const EVERYTHING = { descriptions: true, specifiedByUrl: true, directiveIsRepeatable: true, inputValueDeprecation: true };

for (const graphql of [sixteen, seventeen]) {
  describe(`graphql-js ${graphql.version}`, () => {
    it('takes the committed schema', () => {
      assert.deepEqual(graphql.validateSchema(graphql.buildSchema(text)), []);
    });

    it('builds a valid schema from the introspection', async () => {
      const data = await world.data('partner', graphql.getIntrospectionQuery(EVERYTHING));
      assert.deepEqual(graphql.validateSchema(graphql.buildClientSchema(data)), []);
    });
  });
}

describe('graphql-inspector', () => {
  it('finds no change between the running server and schema.graphql', async () => {
    const data = await world.data('partner', sixteen.getIntrospectionQuery(EVERYTHING));
    // Printed and read again, since the inspector reads some directives (@specifiedBy, @deprecated) only where they are written.
    const told = sixteen.buildSchema(sixteen.printSchema(sixteen.buildClientSchema(data)));
    const changes = await diff(sixteen.buildSchema(text), told);
    assert.deepEqual(changes.map(({ criticality, message }) => `${criticality.level}: ${message}`), []);
  });

  it('would find one', async () => {
    const changed = text.replace('  viewer: Viewer!', '  viewer: Viewer');
    assert.notEqual(changed, text);
    const changes = await diff(sixteen.buildSchema(text), sixteen.buildSchema(changed));
    assert.equal(changes.length, 1);
  });
});
