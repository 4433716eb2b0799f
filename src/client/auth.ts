import { responseError, toCallError } from './errors.ts';

/** The endpoints of `/api/auth` that pages call, with what they take. */
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
 * Calls an authentication endpoint; the browser keeps the session cookie of the answer.
 * @throws {CallError} with the server's detail and field issues, or an Error when the server was not reached.
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
 * Goes to a page as somebody else than before. The page is loaded anew, so that nothing that was cached for the
 * former identity is left.
 * @param path a path of this site.
 */
export function enterAs(path: string): void {
  window.location.assign(path);
}
