/**
 * What several servers share: a PostgreSQL and a store that speaks S3, each a process of its own.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { ROOT, ended, folder, line, own, within } from './server.mjs';

/** A private PostgreSQL cluster (tests/postgres.sh); gives the address of its database. */
export async function postgres(after) {
  // Its own group: Ctrl-C ends the tests, and the script then ends the cluster in good order.
  const script = spawn(join(ROOT, 'tests', 'postgres.sh'), { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  after(() => {
    script.stdin.end();
    return within(ended(script), 'the end of PostgreSQL');
  });
  const ready = await line(script, 'ready ');
  return `postgres://postgres@localhost/postgres?host=${ready.trim().slice('ready '.length)}`;
}

/** A store that speaks S3, with one bucket, on a folder; it can be ended and started again. */
export class Store {
  /** What cpor's environment says of it. */
  get env() {
    return {
      CPOR_DOCUMENTS: 's3://proof/of/execution',
      AWS_ENDPOINT_URL: `http://127.0.0.1:${this.port}`,
      AWS_ALLOW_HTTP: 'true',
      AWS_REGION: 'us-east-1',
      // Those that s3rver knows, and checks signatures with.
      AWS_ACCESS_KEY_ID: 'S3RVER',
      AWS_SECRET_ACCESS_KEY: 'S3RVER',
    };
  }

  static async start(after) {
    const store = new Store();
    store.folder = folder(after, 's3');
    store.port = 0;
    after(() => store.kill());
    await store.up();
    return store;
  }

  async up() {
    const program = createRequire(import.meta.url).resolve('s3rver/bin/s3rver.js');
    const words = ['--directory', this.folder, '--address', '127.0.0.1', '--port', `${this.port}`, '--configure-bucket', 'proof'];
    this.child = own(spawn(process.execPath, [program, ...words], { stdio: ['ignore', 'pipe', 'pipe'] }));
    const ready = await line(this.child, 'listening on ');
    this.port = Number(ready.trim().split(':').at(-1));
  }

  /** Ends it: whoever connects is refused. */
  kill() {
    this.child.kill('SIGKILL');
    return ended(this.child);
  }

  /** Lets it hang: whoever connects hears nothing. */
  hang() {
    this.child.kill('SIGSTOP');
  }

  /** Ends that. */
  wake() {
    this.child.kill('SIGCONT');
  }
}
