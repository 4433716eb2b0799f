import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describeSizes, type Sizes, sizesOf } from '../../scripts/bundle/sizes.ts';
import { trace } from '../../scripts/bundle/trace.ts';
import { collect, writeBundle } from '../../scripts/bundle/write.ts';
import { startAdmin } from '#test/admin';
import { type Account, signIn, signUpAdmin } from '#test/client';
import { pdf } from '#test/files';
import { unprivileged } from '#test/instances/unprivileged';
import { createEmpty, dropDatabases } from '#test/postgres-databases';
import { type RunningServer, StartError, startServer } from '#test/server';
import { openEverything, signUpAndAsk } from './installation.ts';
import type { Circumstances } from './part.ts';
import { isReachable } from './postgres.ts';

const MB = 1_000_000;
/** The largest sizes of a bundle, in bytes. */
const LIMIT = 150 * MB;
const LIMIT_ON_POSTGRES = 130 * MB;
const READ_LIMIT_MS = 30_000;
/** The settings of the server in tests, which `npm run check:budgets` uses, too. */
const SETTINGS = { MCP_DYNAMIC_REGISTRATION: 'true' };

const run = promisify(execFile);

/** A folder for bundles and their data, which other users can enter, and how to run programs in it as another user. */
interface Place {
  folder: string;
  /** A command that runs another one as a user that owns no file of a bundle. Empty if this process is not root. */
  asOther: string[];
  /** Makes that user the owner of a file or folder. */
  give: (path: string) => void;
  /** Creates a folder that this user owns. */
  createData: (name: string) => string;
}

const AS_OTHER = unprivileged && [
  'setpriv',
  `--reuid=${unprivileged.uid}`,
  `--regid=${unprivileged.gid}`,
  '--clear-groups',
  '--no-new-privs',
];

/** True if another user can run this Node.js, and this process may become that user. */
const canBeOther = async () => {
  const [command, ...args] = AS_OTHER ?? [];
  if (command === undefined) return false;
  return run(command, [...args, process.execPath, '--version']).then(
    () => true,
    () => false,
  );
};

async function createPlace(): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'switchboard-operations-'));
  chmodSync(folder, 0o755);
  const owner = (await canBeOther()) ? unprivileged : undefined;
  const give = (path: string) => {
    if (owner) chownSync(path, owner.uid, owner.gid);
  };
  return {
    folder,
    asOther: owner && AS_OTHER ? AS_OTHER : [],
    give,
    createData(name) {
      const path = join(folder, name);
      mkdirSync(path, { mode: 0o700 });
      give(path);
      return path;
    },
  };
}

/** Takes all rights to write in a folder, or gives the owner those rights. */
const setWritable = (folder: string, isWritable: boolean) =>
  run('chmod', ['-R', isWritable ? 'u+w' : 'a-w', folder]);

/** Starts a bundle. @returns the server, and the time until it was ready, in milliseconds. */
async function start(
  app: string,
  place: Place,
  settings: Record<string, string>,
): Promise<{ server: RunningServer; ms: number }> {
  const began = performance.now();
  const server = await startServer({ ...SETTINGS, ...settings }, 'bundle', app, place.asOther);
  const ms = Math.round(performance.now() - began);
  return { server, ms };
}

/** Runs a command of the operator in a bundle. @returns what it printed. */
async function admin(app: string, place: Place, settings: Record<string, string>, ...args: string[]) {
  const { result } = startAdmin(settings, args, app, place.asOther);
  const { code, out, err } = await result;
  assert.equal(code, 0, `${args.join(' ')} ended with ${code}: ${err}`);
  return out;
}

/** Reads a PDF in the thread that reads uploads. If it could not start, the server would only store the file. */
async function readPdf(app: string, { asOther }: Place): Promise<string> {
  const program = `
    const { Worker } = require('node:worker_threads');
    const workerData = Uint8Array.from(Buffer.from(process.argv[1], 'base64'));
    const worker = new Worker('./server/chat/files/pdf-worker.ts', { workerData });
    // The first message only says that the thread has loaded.
    worker.on('message', ({ text }) => { if (text !== undefined) { console.log(text); process.exit(0); } });`;
  const node = [process.execPath, '--eval', program, pdf('Hello from Oslo').toString('base64')];
  const [command = process.execPath, ...args] = [...asOther, ...node];
  return (await run(command, args, { cwd: app, timeout: READ_LIMIT_MS })).stdout;
}

/** Checks that an older Node.js gets one sentence, by a bundle that needs a version that does not exist. */
async function checkOldNode(app: string, { folder }: Place): Promise<void> {
  const old = join(folder, 'old');
  mkdirSync(old);
  copyFileSync(join(app, 'index.mjs'), join(old, 'index.mjs'));
  const manifest = readFileSync(join(app, 'package.json'), 'utf8').replace(/">=[\d.]+"/, '">=99.1"');
  writeFileSync(join(old, 'package.json'), manifest);
  const failure: unknown = await run(process.execPath, ['.'], { cwd: old }).then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.ok(
    failure instanceof Error && 'stderr' in failure && 'code' in failure,
    'an old Node.js is not noticed',
  );
  assert.equal(failure.code, 1);
  assert.equal(
    failure.stderr,
    `This server needs Node.js 99.1 or later, but this is ${process.versions.node}.\n`,
  );
}

/** Checks that a missing module of ours stops the bundle, and that a type that is imported from nowhere does not. */
async function checkTrace({ folder }: Place): Promise<void> {
  const project = join(folder, 'project');
  mkdirSync(join(project, 'server'), { recursive: true });
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(project, 'server/a.ts'), "import type { B } from './b.ts';\nexport const a: B = 1;\n");
  assert.deepEqual(await trace(project, ['server/a.ts']), ['server/a.ts', 'package.json']);
  writeFileSync(join(project, 'server/a.ts'), "import { b } from './b.ts';\nexport const a = b;\n");
  await assert.rejects(trace(project, ['server/a.ts']), /Cannot find module '.*b\.ts'/);
}

/** Checks what a bundle must not contain. */
function checkContent(app: string, files: readonly string[]): void {
  assert.equal(
    files.find((file) => file.endsWith('.map')),
    undefined,
  );
  for (const name of ['next.config.ts', 'test', 'node_modules/node', 'node_modules/sharp', '.next/cache']) {
    assert.ok(!existsSync(join(app, name)), `the bundle has ${name}`);
  }
  const build = readFileSync(join(app, '.next/required-server-files.json'), 'utf8');
  assert.ok(
    !build.includes(join(import.meta.dirname, '../..')),
    'the bundle names the folder of the project',
  );
}

/** Opens everything in a bundle on the embedded database, backs it up, and restores the backup. */
async function serveEmbedded(app: string, place: Place, report: (line: string) => void): Promise<void> {
  const data = place.createData('data');
  // Of another user, so Node.js could not write into the cache of the tests.
  const settings = { DATA_DIR: data, NODE_COMPILE_CACHE: join(data, 'cache') };
  const { server, ms: firstMs } = await start(app, place, settings);
  const account: Account = await signUpAndAsk(server);
  assert.match(await admin(app, place, server.settings, 'account', 'list'), new RegExp(account.email));
  const archive = join(place.createData('backups'), 'a.zip');
  await admin(app, place, server.settings, 'backup', archive);
  const opened = await openEverything(server, account);
  assert.equal(await server.stop(), 0, server.log());

  const restored = { ...server.settings, DATA_DIR: place.createData('restored') };
  const secrets = join(restored.DATA_DIR, 'secrets.json');
  copyFileSync(join(data, 'secrets.json'), secrets);
  place.give(secrets);
  await admin(app, place, restored, 'verify', archive);
  await admin(app, place, restored, 'restore', archive);
  const { server: again, ms: secondMs } = await start(app, place, { ...settings, ...restored });
  await signIn(again.url, account);
  assert.equal(await again.stop(), 0, again.log());

  report(`ready after ${firstMs} ms with a new database, ${secondMs} ms with an existing one`);
  report(`opened ${opened.pages} pages with ${opened.files} files`);
  report(`called ${opened.procedures} procedures, of which ${opened.succeeded} succeeded`);
  assert.equal((await readPdf(app, place)).trim(), 'Hello from Oslo');
}

/** Serves a bundle without the embedded database on Postgres, and checks what it says without Postgres. */
async function servePostgres(app: string, place: Place, server: string): Promise<number | undefined> {
  const data = place.createData('data-without');
  const settings = { DATA_DIR: data, NODE_COMPILE_CACHE: join(data, 'cache') };
  await assert.rejects(start(app, place, settings), (error: unknown) => {
    assert.ok(error instanceof StartError);
    assert.match(error.output, /^This bundle has no embedded database .* Set DATABASE_URL [^\n]+\n$/);
    return true;
  });
  if (!(await isReachable(server))) return undefined;
  try {
    const DATABASE_URL = await createEmpty(server, process.pid, 'operations');
    const { server: running, ms } = await start(app, place, { ...settings, DATABASE_URL });
    await signUpAdmin(running);
    assert.equal(await running.stop(), 0, running.log());
    return ms;
  } finally {
    await dropDatabases(server, process.pid);
  }
}

const inMb = ({ bytes }: Sizes) => `${(bytes / MB).toFixed(1)} MB`;

/**
 * Serves a bundle as another user, who cannot write anywhere but in DATA_DIR: opens every page, calls every procedure,
 * asks the offline guide, backs up and restores.
 */
export async function bundle({ server, report }: Circumstances): Promise<void> {
  const place = await createPlace();
  const whole = join(place.folder, 'whole');
  const onPostgres = join(place.folder, 'on-postgres');
  try {
    report(place.asOther.length > 0 ? 'served as another user' : 'served as the same user');
    await checkTrace(place);
    const began = performance.now();
    const files = await collect();
    await writeBundle(files, whole);
    report(`written in ${Math.round(performance.now() - began)} ms`);
    await writeBundle(files, onPostgres, { withPglite: false });
    checkContent(whole, files);
    report(describeSizes(sizesOf(whole)));
    assert.ok(sizesOf(whole).bytes < LIMIT, 'the bundle is too large');
    report(`without the embedded database: ${inMb(sizesOf(onPostgres))}`);
    assert.ok(sizesOf(onPostgres).bytes < LIMIT_ON_POSTGRES, 'the bundle for Postgres is too large');
    await checkOldNode(whole, place);
    await setWritable(whole, false);
    await setWritable(onPostgres, false);
    await serveEmbedded(whole, place, report);
    const ms = await servePostgres(onPostgres, place, server);
    report(ms === undefined ? 'no Postgres server responds' : `ready after ${ms} ms on an empty Postgres`);
  } finally {
    if (existsSync(whole)) await setWritable(whole, true);
    if (existsSync(onPostgres)) await setWritable(onPostgres, true);
    rmSync(place.folder, { recursive: true, force: true });
  }
}
