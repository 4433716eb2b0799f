/** Data of the user who requested a page, for pages that pass nothing to the hooks of `trpc`. `server.tsx` has the rest. */
import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { cache } from 'react';
import { application } from '#routers/application';
import { signInPath } from './next-path.ts';

/** Returns the procedures, called in process as the user who requested the page. */
export const callProcedures = cache(async () => {
  const requestHeaders = await headers();
  const { caller } = await application();
  return caller(requestHeaders);
});

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
export const findUser = cache(async () => unless('UNAUTHORIZED', (await callProcedures()).users.me()));

/**
 * Returns the user who requested the page. Without a session, redirects to the sign-in, which leads back.
 * @param path the path of the page.
 */
export async function requireUser(path: string) {
  return (await findUser()) ?? redirect(signInPath(path));
}

/** Returns what a program asks the user for, or `null` if the request names no known program. */
export async function findClientRequest(query: string) {
  return unless('NOT_FOUND', (await callProcedures()).protected.clients.request({ query }));
}

/** Returns a chat of the user, or `null` if there is none with this id. */
export const findChat = cache(async (id: string) => {
  // An invalid id is treated like an unknown one.
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(id)) return null;
  return unless('NOT_FOUND', (await callProcedures()).chat.get({ id }));
});

/** Returns a project of the user, or `null` if there is none with this id. */
export const findProject = cache(async (id: string) =>
  unless('INVALID_INPUT', unless('NOT_FOUND', (await callProcedures()).chat.projects.get({ id }))),
);

/** Returns a page of a shared chat, or `null` if there is none under this token. */
export const findSharedChat = cache(async (token: string, cursor?: string) => {
  const { chat } = await callProcedures();
  const page = chat.shares.get({ token, limit: 100, ...(cursor !== undefined && { cursor }) });
  // An invalid token or cursor is treated like an unknown one.
  return unless('INVALID_INPUT', unless('NOT_FOUND', page));
});
