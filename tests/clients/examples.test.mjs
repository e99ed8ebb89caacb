// The examples of `examples/`, as their README says, against a demo that is really started.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { promisify } from 'node:util';

import { ROOT, folder, line, own } from './support/server.mjs';

const run = promisify(execFile);
const HERE = join(ROOT, 'tests', 'clients');
const PROGRAM = process.env.CPOR_BIN ?? join(ROOT, 'target', 'debug', 'cpor');

/** Starts a demo and gives the environment that its file of tokens makes. */
async function demo() {
  const cwd = folder(after, 'examples');
  const inherited = Object.entries(process.env).filter(([name]) => !/^(CPOR_|DATABASE_URL$|RUST_LOG$)/.test(name));
  const env = Object.fromEntries(inherited);
  const child = own(spawn(PROGRAM, ['demo', '--listen', '127.0.0.1:0'], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] }));
  after(() => child.kill('SIGKILL'));
  await line(child, 'Ctrl-C stops the demo');
  const { stdout } = await run('bash', ['-c', '. ./cpor-data/tokens.env; printf "%s\\n" "$CPOR_ENDPOINT" "$INCENTIVES_ADMIN"'], { cwd });
  const [CPOR_ENDPOINT, INCENTIVES_ADMIN] = stdout.trim().split('\n');
  return { ...env, CPOR_ENDPOINT, INCENTIVES_ADMIN };
}

const env = await demo();

// Where Python can make a folder of packages of its own.
const python = process.env.PYTHON ?? 'python3';
const canVenv = await run(python, ['-c', 'import venv, ensurepip']).then(() => true, () => false);

/** What a program printed; fails with its errors. */
async function output(program, words, options = {}) {
  try {
    return (await run(program, words, { env, ...options })).stdout;
  } catch (error) {
    throw new Error(`${program} ${words.join(' ')} failed:\n${error.stdout}${error.stderr}`);
  }
}

/** What each of them tells in the end. */
function tells(text) {
  assert.match(text, /eligible for OSU_BUSINESS_APPLICATIONS/);
  assert.match(text, /CPOR-\S+ is SUBMITTED; live: SUBMITTED/);
  assert.match(text, /CPOR-\S+ is REJECTED/);
}

describe('the examples', () => {
  it('in TypeScript: typed from the schema, with Apollo and with urql', { skip: globalThis.File ? false : 'Node 20 or later' }, async () => {
    const path = join(folder(after, 'typescript'), 'examples', 'typescript');
    mkdirSync(path, { recursive: true });
    const written = (file) => !/node_modules|build|generated|package-lock/.test(file.slice(join(ROOT, 'examples').length));
    cpSync(join(ROOT, 'examples', 'typescript'), path, { recursive: true, filter: written });
    cpSync(join(ROOT, 'schema.graphql'), join(path, '..', '..', 'schema.graphql'));
    symlinkSync(join(HERE, 'node_modules'), join(path, 'node_modules'));
    const bin = (name) => join(HERE, 'node_modules', '.bin', name);
    await output(bin('graphql-codegen'), ['--config', 'codegen.json'], { cwd: path });
    await output(bin('tsc'), [], { cwd: path });
    tells(await output('node', ['build/apollo.js'], { cwd: path }));
    tells(await output('node', ['build/urql.js'], { cwd: path }));
    // Each event once and in order, though the connection was away while two of them happened.
    for (const [program, name] of [['apollo', 'Apollo'], ['urql', 'urql']]) {
      assert.equal(await output('node', [`build/resume-${program}.js`], { cwd: path }), `${name}: one, two, three, four, DELETED\n`);
    }
  });

  it('name the versions that are tried here', () => {
    const packages = (path) => {
      const { dependencies, devDependencies } = JSON.parse(readFileSync(path, 'utf8'));
      return { ...dependencies, ...devDependencies };
    };
    const tried = packages(join(HERE, 'package.json'));
    const named = packages(join(ROOT, 'examples', 'typescript', 'package.json'));
    for (const [name, version] of Object.entries(named)) assert.equal(version, tried[name], name);
  });

  it('with curl', async () => {
    const text = await output(join(ROOT, 'examples', 'curl', 'claim'), []);
    assert.match(text, /^eligible: true$/m);
    assert.match(text, /^submitClaim: .*"status":"SUBMITTED"/m);
    assert.match(text, /^live: .*"toStatus":"SUBMITTED"/m);
    assert.match(text, /^withdrawClaim: .*"status":"REJECTED"/m);
  });

  it('in Python, with gql', { skip: canVenv ? false : 'no python3 with venv' }, async () => {
    // Kept between runs: what is installed already is not installed again.
    const venv = join(ROOT, 'target', 'examples-python');
    const requirements = join(ROOT, 'examples', 'python', 'requirements.txt');
    const wanted = join(venv, 'requirements.txt');
    if (!existsSync(wanted) || readFileSync(wanted, 'utf8') !== readFileSync(requirements, 'utf8')) {
      await output(python, ['-m', 'venv', '--clear', venv]);
      await output(join(venv, 'bin', 'pip'), ['install', '--quiet', '--disable-pip-version-check', '-r', requirements]);
      cpSync(requirements, wanted);
    }
    tells(await output(join(venv, 'bin', 'python'), [join(ROOT, 'examples', 'python', 'claim.py')]));
  });
});
