import type { OauthScope } from '#contract/oauth';

/** The headers of a request, as far as they are read. */
export type RequestHeaders = Pick<Headers, 'get' | 'has'> & Iterable<[name: string, value: string]>;

/** The facts about a request that are known before its caller is authenticated. */
export interface RequestInfo {
  /** Taken from `X-Request-Id`, or generated. Part of every log line and error. */
  id: string;
  headers: RequestHeaders;
  /** The client's IP address, as far as it can be trusted; `null` if unknown. */
  ip: string | null;
  userAgent: string | null;
  /** The surface of the request, for metrics. */
  surface?: string;
  /** The IP address of the other end of the connection; `null` if unknown, left out if there is no connection. */
  peer?: string | null | undefined;
  /** Returns true if a program on this machine sent the request. Left out if that is not known. */
  isLocal?: () => boolean;
  /**
   * Set if the response cannot carry a cookie, for example while a page is rendered. A session is not renewed then: the
   * browser would not get the new expiry, and would drop the cookie of a session that is still valid.
   */
  withoutCookies?: true;
  /** Set on the path where an access token of OAuth is a credential. */
  acceptsTokens?: boolean;
  /** Aborted when the client disconnects or the call exceeds `maxDuration`. */
  signal: AbortSignal;
}

/** Returns the facts about a request, some of them changed. A spread would leave out those that are getters. */
export const changedRequest = (
  { id, headers, ip, userAgent, surface, peer, isLocal, withoutCookies, acceptsTokens, signal }: RequestInfo,
  changes: Partial<Pick<RequestInfo, 'headers' | 'signal'>>,
): RequestInfo => ({
  id,
  headers,
  ip,
  userAgent,
  ...(surface !== undefined && { surface }),
  peer,
  ...(isLocal && { isLocal }),
  ...(withoutCookies && { withoutCookies }),
  ...(acceptsTokens === true && { acceptsTokens }),
  signal,
  ...changes,
});

/** The credential of a caller. */
export type Credential =
  | { kind: 'session'; sessionId: string }
  | { kind: 'api-key'; keyId: string; scope: 'read' | 'write' }
  /** An access token that a client has by the consent of its person. */
  | { kind: 'oauth'; consentId: string; clientName: string; scopes: readonly OauthScope[] };

/** The user who is calling, and their credential. */
export interface Actor {
  userId: string;
  role: 'user' | 'admin';
  isGuest: boolean;
  via: Credential;
  request: Pick<RequestInfo, 'id' | 'ip' | 'userAgent'>;
}
