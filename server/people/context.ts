import { HeaderList } from '#layer/index';
import type { Deps } from '#server/compose';
import type { Actor, RequestInfo } from './actor.ts';
import { Admission } from './admission.ts';

/** What every procedure gets. */
export interface Context {
  deps: Deps;
  request: RequestInfo;
  /**
   * Who is calling: asked of the database on the first call only, so a public procedure costs no look-up and a
   * batch costs one. `null` without a valid session or key.
   */
  authenticate: () => Promise<Actor | null>;
  /** Returns what `authenticate` has returned, without asking; `undefined` if it was not called yet. For the log. */
  authenticated: () => Promise<Actor | null> | undefined;
  /** Who pays for the request: decided before its body is read. */
  admission: Admission;
  /**
   * Aborted, with the error as its reason, when the caller loses the right to read a stream of the request while it is open.
   * It ends what makes the stream; the answer is left open, so that its reader can be told why.
   */
  revocation: AbortController;
  /** Headers the answer shall carry, on every surface: a renewed session cookie, how to say who calls, what limits leave. */
  responseHeaders: HeaderList;
}

/**
 * The context of one request; a batch of calls shares it.
 * @param request what the surface knows of the request.
 */
export function createContext(
  deps: Deps,
  request: RequestInfo,
  {
    responseHeaders = new HeaderList(),
    revocation = new AbortController(),
  }: Partial<Pick<Context, 'responseHeaders' | 'revocation'>> = {},
): Context {
  let actor: Promise<Actor | null> | undefined;
  const authenticate = () => (actor ??= deps.authenticator.authenticate(request, responseHeaders));
  const { rateLimits } = deps;
  return {
    deps,
    request,
    responseHeaders,
    authenticate,
    authenticated: () => actor,
    revocation,
    admission: new Admission({ rateLimits, request, authenticate, responseHeaders }),
  };
}
