/**
 * npm run check:budgets: fails if a page of the built server names more JavaScript than its limit. A browser that needs
 * no `noModule` files loads all of it with the page. Sizes are those after gzip.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Account, caller, signUpAdmin } from '../client.ts';
import { authorizationRequest, open, registerItself } from '../oauth-client.ts';
import { type RunningServer, startServer } from '../server.ts';

const ROOT = join(import.meta.dirname, '../..');
const SCRIPT = /\/_next\/static\/[\w./~-]+\.js\b/g;
const TAG = /<script\b[^>]*>/g;

interface Budget {
  /** In kB of 1,000 bytes. */
  limit: number;
  /** The limit that we want to reach. */
  aim?: number;
  /** True if visitors without a session see the page too. They are measured then. */
  isPublic?: boolean;
  /** Returns the path, if it is not that of the route. */
  path?: (server: RunningServer, admin: Account) => Promise<string>;
}

/** The pages by route. */
const PAGES: Record<string, Budget> = {
  '/': { limit: 185, isPublic: true },
  '/[...missing]': { limit: 228, isPublic: true, path: () => Promise.resolve('/no-such-page') },
  '/admin': { limit: 272 },
  '/chat': { limit: 245 },
  '/chat/[id]': { limit: 255, path: createChat },
  '/connect': { limit: 189, path: requestAccess },
  '/projects/[id]': { limit: 246, path: createProject },
  '/settings': { limit: 285, aim: 240 },
  '/share/[token]': { limit: 179, isPublic: true, path: shareChat },
  '/sign-in': { limit: 188, aim: 175, isPublic: true },
  '/sign-up': { limit: 188, aim: 175, isPublic: true },
};

const ANSWERED = 'How do I add a procedure?';

async function createAnsweredChat({ rpc }: Pick<Account, 'rpc'>): Promise<string> {
  const { id } = await rpc.chat.create.mutate({});
  const parts = [{ type: 'text' as const, text: ANSWERED }];
  const { runId } = await rpc.chat.send.mutate({ chatId: id, parts });
  const { status } = await rpc.chat.answer.query({ runId, waitSeconds: 30 });
  if (status !== 'complete') throw new Error(`The answer is ${status}.`);
  return id;
}

async function createChat(_server: RunningServer, admin: Account): Promise<string> {
  return `/chat/${await createAnsweredChat(admin)}`;
}

async function createProject(_server: RunningServer, { rpc }: Account): Promise<string> {
  return `/projects/${(await rpc.chat.projects.create.mutate({ name: 'Norway' })).id}`;
}

async function shareChat(_server: RunningServer, { rpc }: Account): Promise<string> {
  const chatId = await createAnsweredChat({ rpc });
  return (await rpc.chat.shares.set.mutate({ chatId })).path;
}

async function requestAccess({ url }: RunningServer, admin: Account): Promise<string> {
  const { pathname, search } = await open(admin, authorizationRequest(await registerItself(url)).path);
  return pathname + search;
}

const sizes = new Map<string, number>();

/** Returns the size of a file of the build after gzip, in bytes. */
function sizeOf(file: string): number {
  const known = sizes.get(file);
  if (known !== undefined) return known;
  const size = gzipSync(readFileSync(join(ROOT, file.replace('/_next/', '.next/')))).length;
  sizes.set(file, size);
  return size;
}

/** Returns the files that a page names: in its tags, and in the data of its server components. */
function filesOf(html: string): string[] {
  const old = html.match(TAG)?.filter((tag) => /\snomodule\b/i.test(tag)) ?? [];
  const forOldBrowsers = new Set(old.flatMap((tag) => tag.match(SCRIPT) ?? []));
  return [...new Set(html.match(SCRIPT))].filter((file) => !forOldBrowsers.has(file));
}

const routes = globSync('**/page.tsx', { cwd: join(ROOT, 'app') }).map(
  (file) => `/${file.replaceAll('\\', '/').replace(/\(\w+\)\/|\/?page\.tsx$/g, '')}`,
);
const unknown = routes.filter((route) => !(route in PAGES));
if (unknown.length > 0) throw new Error(`Add a limit to test/budgets/main.ts for ${unknown.join(', ')}.`);

// It ends with this process.
const server = await startServer({ MCP_DYNAMIC_REGISTRATION: 'true' });
const admin = await signUpAdmin(server);
let exceeded = 0;
for (const [route, { limit, aim, isPublic = false, path }] of Object.entries(PAGES)) {
  const visitor = isPublic ? caller(server.url) : admin;
  const response = await visitor.fetch(path ? await path(server, admin) : route, { redirect: 'error' });
  const files = filesOf(await response.text());
  if (files.length === 0) throw new Error(`${route} names no scripts (status ${response.status}).`);
  const size = files.reduce((sum, file) => sum + sizeOf(file), 0) / 1000;
  const isOver = size > limit;
  if (isOver) exceeded += 1;
  const wanted = aim !== undefined && aim < limit ? `, aim ${aim} kB` : '';
  console.log(
    `${isOver ? 'OVER' : 'ok  '} ${route.padEnd(15)} ${size.toFixed(1)} kB in ${files.length} files, limit ${limit} kB${wanted}`,
  );
}
console.log(`${exceeded} pages over their limits.`);
process.exitCode = exceeded > 0 ? 1 : 0;
