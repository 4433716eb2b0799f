import assert from 'node:assert/strict';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encoded, EXAMPLES, run as runIn, whileServed, type Workshop } from './kit.ts';

const GENERATOR = 'create-t3-app@7.40.0';
const CHOICES =
  '--CI --trpc --drizzle --nextAuth --tailwind --appRouter --dbProvider sqlite --noGit --noInstall';
const STEPS = join(EXAMPLES, 'create-t3-app');
const ROUTE = 'src/app/api/trpc/[trpc]/route.ts';

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

/** Returns the lines of code of a file. */
const linesOf = (path: string) =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '');

/** Calls the project as its pages and its client do. */
async function checkRpc(origin: string, app: string): Promise<void> {
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
  assert.match(await runIn('node client.mjs', { folder: app }), /^Hello client$/m);
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

/**
 * Creates a project by create-t3-app, takes the layer in two steps, and type-checks, builds and calls it after each.
 * @returns what the project had to change.
 */
export async function checkT3({ root, tarball }: Workshop): Promise<string> {
  const app = join(root, 'app');
  const env = { ...SETTINGS, NEXT_FONT_GOOGLE_MOCKED_RESPONSES: join(root, 'fonts.cjs') };
  const run = (command: string) => runIn(command, { folder: app, env });
  const next = join(app, 'node_modules/next/dist/bin/next');
  async function whileBuilt(check: (origin: string) => Promise<void>): Promise<void> {
    await run('npx tsc --noEmit');
    await run('npx next build');
    await whileServed((port) => [next, 'start', '--port', port], { folder: app, env }, check);
  }

  writeFileSync(join(root, 'fonts.cjs'), FONTS);
  await runIn(`npx --yes ${GENERATOR} app ${CHOICES}`, { folder: root });
  const generated = new Set(linesOf(join(app, ROUTE)));
  await run(`npm install --no-audit --no-fund ${tarball}`);
  await run('npx drizzle-kit push');

  cpSync(join(STEPS, '1-rpc'), app, { recursive: true });
  const added = linesOf(join(app, ROUTE)).filter((line) => !generated.has(line));
  assert.equal(added.length, 3, `the first step has ${added.length} new lines:\n${added.join('\n')}`);
  await whileBuilt((origin) => checkRpc(origin, app));

  // Next.js has written types of the route, too.
  for (const folder of ['src/app/api/trpc', '.next']) rmSync(join(app, folder), { recursive: true });
  cpSync(join(STEPS, '2-rest'), app, { recursive: true });
  await run('npm install --no-audit --no-fund zod@4.6.7');
  await whileBuilt(async (origin) => {
    await checkRpc(origin, app);
    await checkRest(origin);
  });
  return '3 new lines for RPC, 1 option for REST';
}
