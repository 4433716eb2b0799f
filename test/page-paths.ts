import { globSync } from 'node:fs';
import { join } from 'node:path';
import type { Account } from './client.ts';
import { authorizationRequest, open, registerItself } from './oauth-client.ts';

const ROOT = join(import.meta.dirname, '..');
const QUESTION = 'How do I add a procedure?';

/** A page of the product. */
interface Page {
  /** True if visitors without a session see the page too. */
  isPublic?: boolean;
  /** The status of its response, 200 by default. */
  status?: number;
  /** Returns the path, if it is not that of the route. It creates what the page shows. */
  path?: (admin: Account) => Promise<string>;
}

async function createAnsweredChat({ rpc }: Account): Promise<string> {
  const { id } = await rpc.chat.create.mutate({});
  const parts = [{ type: 'text' as const, text: QUESTION }];
  const { runId } = await rpc.chat.send.mutate({ chatId: id, parts });
  const { status } = await rpc.chat.answer.query({ runId, waitSeconds: 30 });
  if (status !== 'complete') throw new Error(`The answer is ${status}.`);
  return id;
}

const createProject = async ({ rpc }: Account): Promise<string> =>
  `/projects/${(await rpc.chat.projects.create.mutate({ name: 'Norway' })).id}`;

async function shareChat(admin: Account): Promise<string> {
  const chatId = await createAnsweredChat(admin);
  return (await admin.rpc.chat.shares.set.mutate({ chatId })).path;
}

async function requestAccess(admin: Account): Promise<string> {
  const { path } = authorizationRequest(await registerItself(admin.url));
  const { pathname, search } = await open(admin, path);
  return pathname + search;
}

/**
 * The pages by route. Those with a path need the offline guide and the setting MCP_DYNAMIC_REGISTRATION=true.
 */
const PAGES = {
  '/': { isPublic: true },
  '/[...missing]': { isPublic: true, status: 404, path: () => Promise.resolve('/no-such-page') },
  '/admin': {},
  '/chat': {},
  '/chat/[id]': { path: async (admin) => `/chat/${await createAnsweredChat(admin)}` },
  '/connect': { path: requestAccess },
  '/projects/[id]': { path: createProject },
  '/settings': {},
  '/share/[token]': { isPublic: true, path: shareChat },
  '/sign-in': { isPublic: true },
  '/sign-up': { isPublic: true },
} satisfies Record<string, Page>;

export type Route = keyof typeof PAGES;

/** Returns the pages of the product. @throws {Error} if `PAGES` lacks one. */
export function pages(): [Route, Page][] {
  const routes = globSync('**/page.tsx', { cwd: join(ROOT, 'app') }).map(
    (file) => `/${file.replaceAll('\\', '/').replace(/\(\w+\)\/|\/?page\.tsx$/g, '')}`,
  );
  const unknown = routes.filter((route) => !(route in PAGES));
  if (unknown.length > 0) throw new Error(`Add ${unknown.join(', ')} to test/page-paths.ts.`);
  return Object.entries(PAGES) as [Route, Page][];
}
