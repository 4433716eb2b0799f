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

/**
 * Calls an authentication endpoint. The browser stores the session cookie of the response.
 * @throws {CallError} with the server's detail and field issues, or an Error if the server was not reached.
 */
export async function authenticate<Path extends keyof AuthCalls>(
  path: Path,
  input: AuthCalls[Path],
): Promise<void> {
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
}

/**
 * Opens a page as another user. This is a full page load, so that no cached data of the previous user remains.
 * @param path a path of this site.
 */
export function reloadAs(path: string): void {
  window.location.assign(path);
}
