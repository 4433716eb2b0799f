/** Why a fetch was rejected. Callers of the server may see these sentences, so they name no address. */
const EXPLANATIONS = {
  'invalid-url': 'the URL must be absolute, and have no user name, password or fragment',
  'not-https': 'the URL must begin with https://',
  unresolved: 'the host has no public address',
  // The same sentence: the difference would tell strangers which names exist in a private network.
  'not-public': 'the host has no public address',
  'own-address': 'the host is this server',
  'too-many': 'too many requests are running; retry later',
  timeout: 'the response took too long',
  connection: 'the connection failed',
  certificate: 'the certificate is not valid for this host',
  'invalid-response': 'the response is not valid HTTP',
  redirect: 'the response is a redirect, which is not followed',
  'headers-too-large': 'the headers of the response are too large',
  encoding: 'the response has a content encoding that was not asked for',
  'body-too-large': 'the body of the response is too large',
} as const;

export type GuardedFetchReason = keyof typeof EXPLANATIONS;

/**
 * A fetch that the guard rejected, or that failed. The message is safe to show. `cause` is for the log: it may have
 * internal addresses.
 */
export class GuardedFetchError extends Error {
  override readonly name = 'GuardedFetchError';
  readonly reason: GuardedFetchReason;
  /** The host and port of the URL, or undefined if the URL has none. */
  readonly host: string | undefined;

  constructor(reason: GuardedFetchReason, host: string | undefined, options?: ErrorOptions) {
    super(`Cannot fetch${host === undefined ? '' : ` from ${host}`}: ${EXPLANATIONS[reason]}.`, options);
    this.reason = reason;
    this.host = host;
  }
}
