/**
 * npm run test:examples: creates a project by create-t3-app, takes the packed layer in the two steps of
 * examples/create-t3-app, and type-checks, builds and calls it after each. It needs the registry of npm.
 */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { build } from '../../scripts/layer/build.ts';

const GENERATOR = 'create-t3-app@7.40.0';
const CHOICES =
  '--CI --trpc --drizzle --nextAuth --tailwind --appRouter --dbProvider sqlite --noGit --noInstall';
const STEPS = join(import.meta.dirname, '../../examples/create-t3-app');
const ROUTE = 'src/app/api/trpc/[trpc]/route.ts';
const LIMIT_MS = 300_000;

/** The settings of the project, which it checks when it starts. */
const SETTINGS = {
  AUTH_SECRET: 'a secret of the example',
  AUTH_DISCORD_ID: 'none',
  AUTH_DISCORD_SECRET: 'none',
  AUTH_TRUST_HOST: 'true',
  DATABASE_URL: 'file:./db.sqlite',
  NEXT_TELEMETRY_DISABLED: '1',
};
/** Next.js takes the fonts of the project from this module instead of the network. */
const FONTS = `module.exports = new Proxy({}, { get: () =>
  "@font-face { font-family: 'Geist'; src: url(https://fonts.gstatic.com/none.woff2) format('woff2'); }" });`;

const exec = promisify(execFile);
const root = mkdtempSync(join(tmpdir(), 'layer-examples-'));
const app = join(root, 'app');
const env = { ...process.env, ...SETTINGS, NEXT_FONT_GOOGLE_MOCKED_RESPONSES: join(root, 'fonts.cjs') };

/** Runs a command. @returns its output. @throws {Error} with its output if it fails or takes five minutes. */
async function run(command: string, folder = app): Promise<string> {
  console.log(`$ ${command}`);
  const [program = '', ...args] = command.split(' ');
  const { stdout } = await exec(program, args, {
    cwd: folder,
    env,
    timeout: LIMIT_MS,
    maxBuffer: 2 ** 26,
  }).catch((cause: unknown) => {
    const { stdout: out = '', stderr: err = '' } = cause as { stdout?: string; stderr?: string };
    throw new Error(`${command} failed:\n${out}${err}`, { cause });
  });
  return stdout;
}

/** Returns the lines of code of a file. */
const linesOf = (path: string) =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '');

/** Returns a port that is free now. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  assert(address !== null && typeof address === 'object');
  return address.port;
}

/** Builds and serves the project. */
async function whileServed(check: (origin: string) => Promise<void>): Promise<void> {
  await run('npx tsc --noEmit');
  await run('npx next build');
  const port = await freePort();
  const next = join(app, 'node_modules/next/dist/bin/next');
  const server = spawn(process.execPath, [next, 'start', '--port', String(port)], {
    cwd: app,
    env,
    stdio: 'ignore',
  });
  const origin = `http://127.0.0.1:${port}`;
  try {
    for (let attempt = 0; attempt < 100; attempt++) {
      const isUp = await fetch(`${origin}/api/trpc/post.hello`).then(
        () => true,
        () => false,
      );
      if (isUp) break;
      await pause(200);
    }
    await check(origin);
  } finally {
    server.kill('SIGKILL');
    await once(server, 'close');
  }
}

/** Returns an input for a query, as JSON in a URL. */
const encoded = (input: unknown) => encodeURIComponent(JSON.stringify(input));

/** Calls the project as its pages and its client do. */
async function checkRpc(origin: string): Promise<void> {
  const hello = encoded({ 0: { json: { text: 'from the test' } } });
  const lines = await fetch(`${origin}/api/trpc/post.hello?batch=1&input=${hello}`, {
    headers: { 'trpc-accept': 'application/jsonl' },
  });
  assert.match(await lines.text(), /"greeting":"Hello from the test"/);
  const batch = await fetch(`${origin}/api/trpc/post.hello,post.getLatest?batch=1&input=${hello}`);
  const [greeting, latest] = (await batch.json()) as [unknown, { error: { json: object } }];
  assert.deepEqual(greeting, { result: { data: { json: { greeting: 'Hello from the test' } } } });
  assert.match(JSON.stringify(latest.error.json), /"code":"UNAUTHORIZED","httpStatus":401/);
  const invalid = await fetch(`${origin}/api/trpc/post.hello?input=${encoded({ json: { text: 1 } })}`);
  assert.equal(invalid.status, 400);
  // Only an error of the project's own zod has these fields.
  assert.match(await invalid.text(), /"zodError":\{"formErrors":\[\],"fieldErrors":\{"text":\["/);
  const client = `
    import { createTRPCClient, httpBatchStreamLink } from '@trpc/client';
    import superjson from 'superjson';
    const links = [httpBatchStreamLink({ url: '${origin}/api/trpc', transformer: superjson })];
    console.log((await createTRPCClient({ links }).post.hello.query({ text: 'client' })).greeting);`;
  writeFileSync(join(app, 'client.mjs'), client);
  assert.match(await run('node client.mjs'), /^Hello client$/m);
  const page = await fetch(origin);
  assert.match(await page.text(), /Hello from tRPC/);
}

async function checkRest(origin: string): Promise<void> {
  const hello = await fetch(`${origin}/api/v1/post/hello?text=REST`);
  assert.deepEqual(await hello.json(), { greeting: 'Hello REST' });
  const create = await fetch(`${origin}/api/v1/post/create`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'A post' }),
  });
  assert.equal(create.status, 401);
  assert.equal(create.headers.get('content-type'), 'application/problem+json');
  const document = (await (await fetch(`${origin}/api/openapi.json`)).json()) as { paths: object };
  assert.deepEqual(Object.keys(document.paths), [
    '/post/hello',
    '/post/create',
    '/post/getLatest',
    '/post/getSecretMessage',
  ]);
  const session = await fetch(`${origin}/api/auth/session`);
  assert.equal(session.status, 200);
}

try {
  writeFileSync(join(root, 'fonts.cjs'), FONTS);
  const folder = build(join(root, 'layer'));
  const tarball = (await run(`npm pack --silent --pack-destination ${root}`, folder)).trim();
  await run(`npx --yes ${GENERATOR} app ${CHOICES}`, root);
  const generated = new Set(linesOf(join(app, ROUTE)));
  await run(`npm install --no-audit --no-fund ${join(root, tarball)}`);
  await run('npx drizzle-kit push');

  cpSync(join(STEPS, '1-rpc'), app, { recursive: true });
  const added = linesOf(join(app, ROUTE)).filter((line) => !generated.has(line));
  assert.equal(added.length, 3, `the first step has ${added.length} new lines:\n${added.join('\n')}`);
  await whileServed(checkRpc);

  // Next.js has written types of the route, too.
  for (const folder of ['src/app/api/trpc', '.next']) rmSync(join(app, folder), { recursive: true });
  cpSync(join(STEPS, '2-rest'), app, { recursive: true });
  await run('npm install --no-audit --no-fund zod@4.6.7');
  await whileServed(async (origin) => {
    await checkRpc(origin);
    await checkRest(origin);
  });
  console.log('create-t3-app: 3 new lines for RPC, 1 option for REST: OK');
} finally {
  rmSync(root, { recursive: true, force: true });
}
