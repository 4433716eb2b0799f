import type { LookupAddress } from 'node:dns';
import dns from 'node:dns/promises';
import { isIP } from 'node:net';
import { GuardedFetchError } from './guarded-fetch-error.ts';
import { sendRequest } from './guarded-request.ts';
import { isOwnAddress, isPublicAddress } from './public-address.ts';

export interface GuardedFetchOptions {
  /** Hosts ("host:port") that may also use http, private addresses and addresses of this machine. */
  allowHosts?: readonly string[];
  /** The certificates that are trusted, in PEM, instead of those of Node.js. */
  ca?: string;
  /** The time from the call to the end of the body, in milliseconds. */
  timeoutMs?: number;
  /** The limit of the body of a response. */
  maxBodyBytes?: number;
  /** The limit of the headers of a response. */
  maxHeaderBytes?: number;
  /** How many requests may run at once. One runs until its body was read, cancelled or cut off. */
  maxConcurrent?: number;
  /** Returns all addresses of a host name. Tests replace it. */
  lookup?: (hostname: string) => Promise<readonly LookupAddress[]>;
}

export type GuardedFetch = (input: RequestInfo | URL, init?: RequestInit) => Promise<Response>;

const DEFAULTS = {
  timeoutMs: 5000,
  maxBodyBytes: 64 * 1024,
  maxHeaderBytes: 16 * 1024,
  maxConcurrent: 10,
  lookup: (hostname: string) => dns.lookup(hostname, { all: true }),
};
/** The limit of DNS. */
const MAX_HOSTNAME_LENGTH = 253;

/**
 * Returns a `fetch` for URLs that strangers give. It connects to public addresses by https only. It resolves the name
 * once, rejects it if any address is not public, and connects to those addresses only, so a name that changes its
 * addresses between the check and the connection (DNS rebinding) gains nothing. The certificate must be the name's.
 *
 * It never follows a redirect, whatever `redirect` says, sends and returns no cookies, and limits the time, the headers
 * and the body. It fails with a GuardedFetchError, or with the reason of the caller's signal if that aborts.
 *
 * It uses `node:https`, whose `lookup` pins the address. The global fetch cannot do that without an Agent of undici,
 * and an Agent works only with the fetch of the same major version, which differs between versions of Node.js.
 */
export function createGuardedFetch(options: GuardedFetchOptions = {}): GuardedFetch {
  const { timeoutMs, maxBodyBytes, maxHeaderBytes, maxConcurrent, lookup } = { ...DEFAULTS, ...options };
  const allowed = new Set(options.allowHosts?.map(parseAllowedHost));
  let running = 0;

  return async (input, init) => {
    const url = checkUrl(typeof input === 'string' ? input : 'url' in input ? input.url : input.href);
    const isAllowed = allowed.has(hostAndPort(url));
    if (url.protocol !== 'https:' && !isAllowed) throw new GuardedFetchError('not-https', url.host);
    const request = new Request(input, init);
    if (running >= maxConcurrent) throw new GuardedFetchError('too-many', url.host);
    running += 1;

    const timer = new AbortController();
    const timeout = setTimeout(() => timer.abort(new GuardedFetchError('timeout', url.host)), timeoutMs);
    // Not that of `request`, which does not keep itself alive until the caller's signal aborts.
    const ofCaller = init?.signal ?? (input instanceof Request ? input.signal : undefined);
    const signal = ofCaller ? AbortSignal.any([timer.signal, ofCaller]) : timer.signal;
    /** Ends last. A lookup cannot be cancelled, so it counts as running even after the timeout. */
    const work: Promise<unknown>[] = [];
    try {
      signal.throwIfAborted();
      const resolved = resolve(url, isAllowed, lookup);
      work.push(resolved);
      const addresses = await unlessAborted(resolved, signal);
      const body = request.body ? await unlessAborted(request.bytes(), signal) : undefined;
      const { method, headers } = request;
      const limits = { maxHeaderBytes, maxBodyBytes, signal };
      const { response, closed } = sendRequest({
        url,
        method,
        headers,
        body,
        addresses,
        ca: options.ca,
        ...limits,
      });
      work.push(closed);
      return await response;
    } catch (error) {
      clearTimeout(timeout);
      throw error;
    } finally {
      void Promise.allSettled(work).then(() => {
        clearTimeout(timeout);
        running -= 1;
      });
    }
  };
}

function checkUrl(text: string): URL {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol) || url.hostname.length > MAX_HOSTNAME_LENGTH) {
    throw new GuardedFetchError('invalid-url', undefined);
  }
  // The text, because the fragment of "…/#" is empty, and a document names its URL exactly.
  if (url.username !== '' || url.password !== '' || text.includes('#')) {
    throw new GuardedFetchError('invalid-url', url.host);
  }
  return url;
}

const hostAndPort = ({ hostname, port, protocol }: URL): string =>
  `${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`;

function parseAllowedHost(entry: string): string {
  const url = /^[^/?#@\\]+:\d+$/.test(entry) ? URL.parse(`http://${entry}`) : null;
  if (!url) throw new Error(`"${entry}" is not a host and port, such as "localhost:3000".`);
  return hostAndPort(url);
}

/** Returns all addresses of the host of `url`, if they may be connected to. */
async function resolve(
  url: URL,
  isAllowed: boolean,
  lookup: (hostname: string) => Promise<readonly LookupAddress[]>,
): Promise<readonly LookupAddress[]> {
  // A URL parser has turned all spellings of an IP address into the usual one.
  const literal = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const family = isIP(literal);
  const addresses =
    family === 0
      ? await lookup(url.hostname).catch((cause: unknown) => {
          throw new GuardedFetchError('unresolved', url.host, { cause });
        })
      : [{ address: literal, family }];
  if (addresses.length === 0) throw new GuardedFetchError('unresolved', url.host);
  if (isAllowed) return addresses;
  for (const { address } of addresses) {
    if (!isPublicAddress(address)) throw new GuardedFetchError('not-public', url.host);
    if (isOwnAddress(address)) throw new GuardedFetchError('own-address', url.host);
  }
  return addresses;
}

/** Waits for `work`, which cannot be cancelled, until `signal` aborts. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
