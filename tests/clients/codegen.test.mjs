// GraphQL Code Generator: TypeScript from our schema and documents, strict and used.
import { rejects } from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, it } from 'node:test';

import { project, tool } from './support/project.mjs';

it('generates types that compile and mean what the schema says', async () => {
  const path = project(after, 'codegen');
  await tool(path, 'graphql-codegen', '--config', 'codegen.json');
  await tool(path, 'tsc', '--project', 'tsconfig.json');

  // A use that does not fit is found: what compiled above was looked at.
  appendFileSync(join(path, 'use.ts'), '\nexport const id: number = ({} as ResultOf<typeof QueueDocument>).claims.totalCount.length;\n');
  await rejects(tool(path, 'tsc', '--project', 'tsconfig.json'), /error TS2339/);
});
