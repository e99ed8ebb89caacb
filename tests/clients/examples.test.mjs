// The examples of `examples/`, as their README says, against a demo that is really started.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
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

/** A Python with the packages of the examples, kept between runs: what is installed already is not installed again. */
async function pythonWithGql() {
  const venv = join(ROOT, 'target', 'examples-python');
  const requirements = join(ROOT, 'examples', 'python', 'requirements.txt');
  const wanted = join(venv, 'requirements.txt');
  if (!existsSync(wanted) || readFileSync(wanted, 'utf8') !== readFileSync(requirements, 'utf8')) {
    await output(python, ['-m', 'venv', '--clear', venv]);
    await output(join(venv, 'bin', 'pip'), ['install', '--quiet', '--disable-pip-version-check', '-r', requirements]);
    cpSync(requirements, wanted);
  }
  return join(venv, 'bin', 'python');
}

/** How many claims the partner has. */
async function claims() {
  const response = await fetch(env.CPOR_ENDPOINT, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${env.INCENTIVES_ADMIN}` },
    body: JSON.stringify({ query: '{ claims { totalCount } }' }),
  });
  return (await response.json()).data.claims.totalCount;
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
    tells(await output(await pythonWithGql(), [join(ROOT, 'examples', 'python', 'claim.py')]));
  });

  it('in Python: the nightly job, killed and run again, makes each claim once', { skip: canVenv ? false : 'no python3 with venv' }, async () => {
    const program = await pythonWithGql();
    const cwd = folder(after, 'nightly');
    const rows = 300;
    const columns = 'external_reference,name,tenant_id,domain,solution_area,activities,mpn_id,sku_ids,subscription_ids';
    const row = (number) =>
      `N-${number},Claim ${number},20000000-0000-4000-8000-000000000001,northgate.example,BUSINESS_APPLICATIONS,USAGE,1000101,1e1a282c-9c54-43a2-9310-98ef728faace,`;
    writeFileSync(join(cwd, 'claims.csv'), [columns, ...Array.from({ length: rows }, (_, at) => row(at)), ''].join('\n'));
    const words = [join(ROOT, 'examples', 'python', 'nightly.py'), 'claims.csv', '--batch', '20'];
    const before = await claims();
    const killed = own(spawn(program, words, { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] }));
    await line(killed, 'batch 3: ');
    killed.kill('SIGKILL');
    assert.ok((await claims()) < before + rows, 'it was killed before its end');
    const text = await output(program, words, { cwd });
    assert.equal(await claims(), before + rows);
    const created = text.match(/since the last run: .*?(\d+) CREATED/);
    assert.ok(created && Number(created[1]) >= rows, text);
    const again = await output(program, words, { cwd });
    assert.match(again, /^batch 15: 0 created, 20 skipped, 0 refused$/m);
    assert.match(again, /^changes since the last run: none$/m);
    assert.equal(await claims(), before + rows);
  });
});
