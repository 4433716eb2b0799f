import { Admission } from '#server/admission';
import type { Deps } from '#server/deps';

/** What is known of a request before anybody asked who sent it. */
export interface RequestInfo {
  /** Taken from `X-Request-Id` or made; in every log line and error. */
  id: string;
  headers: Headers;
  /** The client's address, as far as it can be trusted; `null` when unknown. */
  ip: string | null;
  userAgent: string | null;
  /** Returns true if a program on this machine has sent it; left out where that is not known. */
  isLocal?: () => boolean;
  /**
   * Set where the answer cannot carry a cookie, as when a page is rendered. A session is not renewed there: its browser
   * would not hear of it, and would one day drop the cookie of a session that still lives.
   */
  withoutCookies?: true;
  /** Aborted when the caller goes away or the call outlives `maxDuration`. */
  signal: AbortSignal;
}

/** Who is calling, and by what right. */
export interface Actor {
  userId: string;
  role: 'user' | 'admin';
  isGuest: boolean;
  via: { kind: 'session'; sessionId: string } | { kind: 'api-key'; keyId: string; scope: 'read' | 'write' };
  request: Pick<RequestInfo, 'id' | 'ip' | 'userAgent'>;
}

/** What every procedure gets. */
export interface Context {
  deps: Deps;
  request: RequestInfo;
  /**
   * Who is calling: asked of the database on the first call only, so a public procedure costs no look-up and a
   * batch costs one. `null` without a valid session or key.
   */
  identify: () => Promise<Actor | null>;
  /** Returns what `identify` has returned, without asking; `undefined` if it was not called yet. For the log. */
  identified: () => Promise<Actor | null> | undefined;
  /** Who pays for the request: decided before its body is read. */
  admission: Admission;
  /**
   * Aborted, with the error as its reason, when the caller loses the right to read a stream of the request while it is open.
   * It ends what makes the stream; the answer is left open, so that its reader can be told why.
   */
  revocation: AbortController;
  /** Headers the answer shall carry, on every surface: a renewed session cookie, how to say who calls, what limits leave. */
  responseHeaders: Headers;
}

/**
 * The context of one request; a batch of calls shares it.
 * @param request what the surface knows of the request.
 */
export function createContext(deps: Deps, request: RequestInfo): Context {
  const responseHeaders = new Headers();
  let actor: Promise<Actor | null> | undefined;
  const identify = () => (actor ??= deps.identities.identify(request, responseHeaders));
  const { rateLimits } = deps;
  return {
    deps,
    request,
    responseHeaders,
    identify,
    identified: () => actor,
    revocation: new AbortController(),
    admission: new Admission({ rateLimits, request, identify, responseHeaders }),
  };
}

/**
 * Returns the signal for what makes a stream: it is aborted with `signal`, and when the caller loses the right to read.
 * @param revocation that of the context, where it has one.
 */
export function untilRevoked(signal: AbortSignal, revocation: AbortController | undefined): AbortSignal {
  return revocation ? AbortSignal.any([signal, revocation.signal]) : signal;
}
