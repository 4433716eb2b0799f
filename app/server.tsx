import { createHydrationHelpers } from '@trpc/react-query/rsc';
import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { cache } from 'react';
import { type AppRouter } from '#routers/index';
import { switchboard } from '#routers/switchboard';
import { createQueryClient } from '#src/client/query-client.ts';
import { signInPath } from './next-path.ts';

const queryClient = cache(() => createQueryClient());

/** The procedures for the page being rendered, called in process as whoever asked for the page. */
const helpers = cache(async () => {
  const requestHeaders = await headers();
  const { caller } = await switchboard();
  return createHydrationHelpers<AppRouter>(caller(requestHeaders), queryClient);
});

/**
 * The procedures for server components: `(await api()).chat.get({ id })`, and with `.prefetch(…)` into the cache that
 * `Hydrate` hands to the browser.
 */
export async function api() {
  return (await helpers()).trpc;
}

/** Hands what was prefetched to the hooks of the components in it. */
export async function Hydrate({ children }: { children: React.ReactNode }) {
  const { HydrateClient } = await helpers();
  return <HydrateClient>{children}</HydrateClient>;
}

/**
 * The code of an error that a procedure threw; `null` for anything else. The class of the error does not tell: Next's
 * bundle and the server have a copy of it each.
 */
function errorCode(error: unknown): string | null {
  return error instanceof Error && 'kind' in error && typeof error.kind === 'string' ? error.kind : null;
}

/** What a call answers, or `null` where it is refused with `code` of the error catalogue. */
async function unless<T>(code: 'UNAUTHORIZED' | 'NOT_FOUND', call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    if (errorCode(error) === code) return null;
    throw error;
  }
}

/** Who asked for the page; `null` when nobody is signed in. */
export const findUser = cache(async () => unless('UNAUTHORIZED', (await api()).users.me({})));

/**
 * Who asked for the page. Without a session the sign-in is shown instead, which leads back.
 * @param path the path of the page.
 */
export async function requireUser(path: string) {
  return (await findUser()) ?? redirect(signInPath(path));
}

/** One of the user's chats; `null` when there is none with this id. */
export const findChat = cache(async (id: string) => {
  // What cannot be an id is answered as an unknown one.
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(id)) return null;
  return unless('NOT_FOUND', (await api()).chat.get({ id }));
});
