import type { OauthScope } from '#contract/oauth';
import { responseError, toCallError } from './errors.ts';

/** The endpoints of `/api/auth` that pages call, with their inputs. */
interface AuthCalls {
  'sign-up/email': { name: string; email: string; password: string };
  'sign-in/email': { email: string; password: string };
  'sign-in/anonymous': Record<string, never>;
  'sign-out': Record<string, never>;
  'change-password': {
    currentPassword: string;
    newPassword: string;
    revokeOtherSessions?: boolean;
    revokeApiKeys?: boolean;
  };
}

const TIMEOUT_MS = 30_000;

/** Sends JSON to an endpoint below /api/auth. @throws {CallError} see `authenticate`. */
async function post(path: string, input: unknown): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(`/api/auth/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(input),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch (error) {
    throw toCallError(error);
  }
  if (!response.ok) throw await responseError(response);
  return response;
}

/**
 * Calls an authentication endpoint. The browser stores the session cookie of the response.
 * @throws {CallError} with the server's detail and field issues, or an Error if the server was not reached.
 */
export async function authenticate<Path extends keyof AuthCalls>(
  path: Path,
  input: AuthCalls[Path],
): Promise<void> {
  await post(path, input);
}

/**
 * Sends the decision about a program that asks for access.
 * @param decision the query of the page, and the scopes that the program gets; none to reject it.
 * @returns the URL that leads back to the program.
 * @throws {CallError} see `authenticate`.
 */
export async function decideOnClient(decision: { query: string; scopes: OauthScope[] }): Promise<string> {
  const response = await post('oauth2/consent', decision);
  const { url } = (await response.json()) as { url: string };
  return url;
}

/**
 * Opens a page as another user. This is a full page load, so that no cached data of the previous user remains.
 * @param path a path of this site.
 */
export function reloadAs(path: string): void {
  window.location.assign(path);
}
