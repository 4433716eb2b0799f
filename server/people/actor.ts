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
