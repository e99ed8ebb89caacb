/**
 * A project of somebody who uses our schema: one of the folders here, copied to where tools may write.
 *
 * @module
 */
import { execFile } from 'node:child_process';
import { cpSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { ROOT, folder } from './server.mjs';

const HERE = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Copies the folder with this name and the committed schema; gives its path. */
export function project(after, name) {
  const path = folder(after, name);
  cpSync(join(HERE, name), path, { recursive: true });
  cpSync(join(ROOT, 'schema.graphql'), join(path, 'schema.graphql'));
  symlinkSync(join(HERE, 'node_modules'), join(path, 'node_modules'));
  return path;
}

/** Runs a tool of `node_modules/.bin` there; gives what it wrote, and fails with that where it fails. */
export async function tool(path, name, ...words) {
  const bin = join(HERE, 'node_modules', '.bin', name);
  try {
    const { stdout, stderr } = await promisify(execFile)(bin, words, { cwd: path });
    return stdout + stderr;
  } catch (error) {
    throw new Error(`${name} ${words.join(' ')} failed:\n${error.stdout}${error.stderr}`);
  }
}
