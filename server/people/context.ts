import { type Eventual, HeaderList } from '#layer/index';
import type { Deps } from '#server/compose';
import type { Actor, RequestInfo } from './actor.ts';
import { Admission } from './admission.ts';

/** The context of every procedure. */
export interface Context {
  deps: Deps;
  request: RequestInfo;
  /**
   * Returns the caller, or `null` without a valid session or key. Only the first call queries the database, so a public
   * procedure costs no lookup and a batch costs one.
   */
  authenticate: () => Eventual<Actor | null>;
  /** Returns the result of `authenticate`, or `undefined` if it was not called yet. Used in the log. */
  authenticated: () => Eventual<Actor | null> | undefined;
  /** Counts the request against the limits of its caller, before its body is read. */
  admission: Admission;
  /**
   * Returns a controller. It is aborted, with the error as its reason, if the caller loses access while a stream of the
   * request is open. This ends the source of the stream. The response stays open, so that it can report the error.
   */
  revocation: () => AbortController;
  /** Headers of the response on every surface: a renewed session cookie, WWW-Authenticate, the rest of the limits. */
  responseHeaders: HeaderList;
}

/**
 * Creates the context of one request. All calls of a batch share it.
 * @param request the facts that the surface knows about the request.
 */
export function createContext(
  deps: Deps,
  request: RequestInfo,
  call: { responseHeaders: HeaderList; revocation: AbortController } = {
    responseHeaders: new HeaderList(),
    revocation: new AbortController(),
  },
): Context {
  const { responseHeaders } = call;
  let actor: Eventual<Actor | null> | undefined;
  const authenticate = () => (actor ??= deps.authenticator.authenticate(request, responseHeaders));
  const { rateLimits } = deps;
  return {
    deps,
    request,
    responseHeaders,
    authenticate,
    authenticated: () => actor,
    // Not created for each call, because few calls are streams.
    revocation: () => call.revocation,
    admission: new Admission({ rateLimits, request, authenticate, responseHeaders }),
  };
}
