/**
 * The real server for a test file: `cpor serve` as a process of its own, on fresh data, and tokens for it.
 *
 * @module
 */
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** The root of the repository. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const PROGRAM = process.env.CPOR_BIN ?? join(ROOT, 'target', 'debug', 'cpor');
const SECRET = 'a-secret-for-tests-of-at-least-32-bytes';

/** The longest that anything here is waited for, in milliseconds; a test that waits longer has failed. */
export const PATIENCE = 20_000;

/** The people of `data/partners.csv` and `data/customers.csv`, by the arguments of `cpor token`. */
const CAST = {
  partner: ['GLOBAL_ADMIN', 'ines@alder-finch.example', '--partner', '10000000-0000-4000-8000-000000000001'],
  rival: ['GLOBAL_ADMIN', 'bram@brightwater.example', '--partner', '10000000-0000-4000-8000-000000000002'],
  reviewer: ['REVIEWER', 'rita@vendor.example'],
  lead: ['REVIEW_LEAD', 'lena@vendor.example'],
  sync: ['DIRECTORY_SYNC', 'directory-sync'],
  customer: ['CUSTOMER_ADMIN', 'nora@northgate.example', '--tenant', '20000000-0000-4000-8000-000000000001'],
};

/** What still runs: ended with this process, however it ends. */
const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1));

/**
 * Remembers a child process, so that it ends with this one.
 *
 * @template {import('node:child_process').ChildProcess} C
 * @param {C} child
 * @returns {C}
 */
export function own(child) {
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/** Waits for a child's end, if it has not ended already: its exit code, or the signal that ended it. */
export const ended = (child) =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve(child.exitCode ?? child.signalCode)
    : new Promise((done) => child.once('exit', (code, signal) => done(code ?? signal)));

/**
 * Fails instead of waiting for ever.
 *
 * @template T
 * @param {Promise<T>} promise
 * @param {string} what is waited for
 * @param {number} [patience] in milliseconds
 * @returns {Promise<T>}
 */
export function within(promise, what, patience = PATIENCE) {
  let timer;
  const late = new Promise((_, fail) => {
    timer = setTimeout(() => fail(new Error(`waited ${patience} ms in vain for ${what}`)), patience);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** A folder that is gone after the tests. */
export function folder(after, name) {
  const path = mkdtempSync(join(tmpdir(), `cpor-${name}-`));
  after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/**
 * Waits for a line of a child's output and gives it.
 *
 * @param {import('node:child_process').ChildProcess} child
 * @param {string} text that the line contains
 */
export function line(child, text) {
  let out = '';
  let err = '';
  child.stderr?.on('data', (data) => (err += data));
  const found = new Promise((done, fail) => {
    child.stdout.on('data', (data) => {
      out += data;
      const lines = out.split('\n').slice(0, -1);
      const ready = lines.find((line) => line.includes(text));
      if (ready !== undefined) done(ready);
    });
    child.once('exit', (code) => fail(new Error(`ended with ${code} before it said ${text}:\n${out}${err}`)));
    child.once('error', fail);
  });
  return within(found, `the line ${text}`);
}

/** Where servers keep their data; several may share it. */
export class Home {
  /** @param {Record<string, string>} env of the program, beside the usual */
  constructor(cwd, env) {
    this.cwd = cwd;
    // None of the settings that this process may have in its environment.
    const inherited = Object.entries(process.env).filter(([name]) => !/^(CPOR_|AWS_|DATABASE_URL$|RUST_LOG$)/.test(name));
    this.env = {
      ...Object.fromEntries(inherited),
      DATABASE_URL: `sqlite://${cwd}/cpor.db`,
      CPOR_DOCUMENTS: `file://${cwd}/documents`,
      CPOR_JWT_SECRET: SECRET,
      CPOR_REQUESTS_PER_MINUTE: '0',
      CPOR_COST_PER_MINUTE: '0',
      CPOR_BAD_TOKENS_PER_MINUTE: '0',
      RUST_LOG: 'warn',
      ...env,
    };
  }

  /** A home on an empty database with the sample directory of `data/`. */
  static async make(after, env = {}) {
    const home = new Home(folder(after, 'clients'), env);
    await home.run('migrate', 'up');
    for (const noun of ['products', 'partners', 'customers', 'subscriptions']) {
      await home.run('import', noun, join(ROOT, 'data', `${noun}.csv`));
    }
    return home;
  }

  /** Runs the program to its end and gives what it printed. */
  async run(...words) {
    const { stdout } = await promisify(execFile)(PROGRAM, words, { cwd: this.cwd, env: this.env });
    return stdout.trim();
  }

  /** A token of somebody of the cast. */
  token(who, ttl = '1h') {
    const [role, subject, ...company] = CAST[who];
    return this.run('token', '--role', role, '--subject', subject, '--ttl', ttl, ...company);
  }

  /** Tokens of all of the cast, by name. */
  async tokens() {
    const names = Object.keys(CAST);
    const tokens = await Promise.all(names.map((name) => this.token(name)));
    return Object.fromEntries(names.map((name, at) => [name, tokens[at]]));
  }

  /** Starts a server on this port, or on any. */
  async serve(after, { port = 0, options = [] } = {}) {
    const words = ['serve', '--listen', `127.0.0.1:${port}`, ...options];
    const child = own(spawn(PROGRAM, words, { cwd: this.cwd, env: this.env, stdio: ['ignore', 'pipe', 'pipe'] }));
    const server = new Server(child);
    after(() => server.kill());
    const ready = await line(child, 'cpor listens on ');
    server.at(ready.trim().split(' ').at(-1));
    return server;
  }
}

/** A running server. */
export class Server {
  constructor(child) {
    this.child = child;
    /** What it wrote into its log. */
    this.log = '';
    child.stderr.on('data', (data) => (this.log += data));
  }

  at(base) {
    this.base = base;
    this.port = Number(new URL(base).port);
    this.url = `${base}/graphql`;
    this.socket = this.url.replace('http', 'ws');
  }

  /** Asks it to stop, as a service manager does, and waits until it has; gives its exit code. */
  stop() {
    this.child.kill('SIGTERM');
    return within(ended(this.child), 'the end of the server');
  }

  /** Ends it without a goodbye to anybody. */
  kill() {
    this.child.kill('SIGKILL');
    return ended(this.child);
  }
}
