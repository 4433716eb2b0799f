import type { InfiniteData } from '@tanstack/react-query';
import { createHydrationHelpers } from '@trpc/react-query/rsc';
import type { inferRouterOutputs } from '@trpc/server';
import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { cache } from 'react';
import { type AppRouter } from '#routers/index';
import { application } from '#routers/application';
import { createQueryClient } from '#src/client/query-client.ts';
import { messagesInput } from './(shell)/chat/list-input.ts';
import { signInPath } from './next-path.ts';

const queryClient = cache(() => createQueryClient());

/** The procedures for the page being rendered. They are called in process as the user who requested the page. */
const helpers = cache(async () => {
  const requestHeaders = await headers();
  const { caller } = await application();
  return createHydrationHelpers<AppRouter>(caller(requestHeaders), queryClient);
});

/**
 * Returns the procedures for server components: `(await api()).chat.get({ id })`. `.prefetch(…)` writes to the cache
 * that `Hydrate` passes to the browser.
 */
export async function api() {
  return (await helpers()).trpc;
}

/** Passes prefetched data to the hooks of its children. */
export async function Hydrate({ children }: { children: React.ReactNode }) {
  const { HydrateClient } = await helpers();
  return <HydrateClient>{children}</HydrateClient>;
}

/**
 * Returns the code of an error thrown by a procedure, or `null` for any other error. It cannot use `instanceof`,
 * because Next's bundle and the server each have a copy of the class.
 */
function errorCode(error: unknown): string | null {
  return error instanceof Error && 'kind' in error && typeof error.kind === 'string' ? error.kind : null;
}

/** Returns the result of a call, or `null` if it fails with `code`. */
async function unless<T>(
  code: 'UNAUTHORIZED' | 'NOT_FOUND' | 'INVALID_INPUT',
  call: Promise<T>,
): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    if (errorCode(error) === code) return null;
    throw error;
  }
}

/** Returns the user who requested the page, or `null` if the visitor is not signed in. */
export const findUser = cache(async () => unless('UNAUTHORIZED', (await api()).users.me()));

/**
 * Returns the user who requested the page. Without a session, redirects to the sign-in, which leads back.
 * @param path the path of the page.
 */
export async function requireUser(path: string) {
  return (await findUser()) ?? redirect(signInPath(path));
}

/** Returns what a program asks the user for, or `null` if the request names no known program. */
export async function findClientRequest(query: string) {
  return unless('NOT_FOUND', (await api()).protected.clients.request({ query }));
}

/** Returns a chat of the user, or `null` if there is none with this id. */
export const findChat = cache(async (id: string) => {
  // An invalid id is treated like an unknown one.
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(id)) return null;
  return unless('NOT_FOUND', (await api()).chat.get({ id }));
});

type MessagePage = inferRouterOutputs<AppRouter>['chat']['messages'];

/** Prefetches the newest messages of a chat. @returns them, oldest first. */
export async function prefetchMessages(chatId: string): Promise<MessagePage['items']> {
  await (await api()).chat.messages.prefetchInfinite(messagesInput(chatId));
  // The only list of messages of this request.
  const queryKey = [['chat', 'messages']];
  const lists = queryClient().getQueriesData<InfiniteData<MessagePage>>({ queryKey });
  return lists.flatMap(([, list]) => list?.pages ?? []).flatMap(({ items }) => items);
}

/** Returns a project of the user, or `null` if there is none with this id. */
export const findProject = cache(async (id: string) =>
  unless('INVALID_INPUT', unless('NOT_FOUND', (await api()).chat.projects.get({ id }))),
);

/** Returns a page of a shared chat, or `null` if there is none under this token. */
export const findSharedChat = cache(async (token: string, cursor?: string) => {
  const page = (await api()).chat.shares.get({ token, limit: 100, ...(cursor !== undefined && { cursor }) });
  // An invalid token or cursor is treated like an unknown one.
  return unless('INVALID_INPUT', unless('NOT_FOUND', page));
});
