import type { Call } from '../call/call.ts';
import { CoreError } from '../errors/api-error.ts';
import { isTrustedPeer, type TrustedNetworks } from './address.ts';
import { ipVersion } from './ip.ts';
import { parseUrl } from './url.ts';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);
/** The longest host or origin that an error repeats, in characters: a DNS name (RFC 1035) with scheme and port. */
const MAX_REPEATED = 270;
/**
 * Matches a host: a name, an IPv4 address or an IPv6 address in brackets, with an optional port (RFC 3986, section
 * 3.2).
 */
export const HOST = /^(?:\[[\da-f:.]+\]|[\w.-]+)(?::(\d{0,5}))?$/i;

/** The options of `createOriginGuard`. */
export interface OriginOptions {
  /** The public URL of the API, such as `https://app.example.com`. */
  publicUrl?: string | undefined;
  /**
   * True to reject requests to hosts other than the public URL's, loopback names and IP addresses, against DNS
   * rebinding. Default: false.
   */
  checkHosts?: boolean;
  /** The origins whose pages may send requests without cookies; `*` for all. Default: none. */
  origins?: readonly string[];
  /** True if pages of `origins`, except `*`, may also send cookies. Default: false. */
  credentials?: boolean;
  /**
   * True if your own proxy is in front, so X-Forwarded-Host and X-Forwarded-Proto can be trusted, or the networks of your
   * proxies. Default: false.
   */
  trustProxy?: boolean | TrustedNetworks;
  /** True if the server itself receives plain HTTP, so an https origin is a different one. Default: false, unknown. */
  speaksHttp?: boolean;
  /** Returns how an operator allows their own origin, as a clause for an error, such as `set PUBLIC_URL=… and restart`. */
  fix?: (origin: string) => string;
  /** A sentence that CROSS_ORIGIN errors add, for the authors of other pages. */
  hint?: string;
}

/** The part of a call that the guard checks. */
export type OriginCall = Pick<Call, 'method' | 'header' | 'peer'>;
type Header = OriginCall['header'];

/** What the guard must know about a path. Default: requests with an Authorization header pass. */
export interface OriginRules {
  /** True if the path reads cookies even if there is an Authorization header. Then no other origin may call it. */
  usesCookies?: boolean;
  /** True if an Authorization header must not replace the check. */
  checksOrigin?: boolean;
  /** True if pages of any origin may call the path. */
  anyOrigin?: boolean;
}

/** A guard against requests that another site's page makes a visitor's browser send (CSRF and DNS rebinding). */
export interface OriginGuard {
  /**
   * Checks the host that a request was sent to. In a DNS rebinding attack, the name of the attacker's page resolves to
   * this server, so the request has that name as its host.
   * @throws {ApiError} UNKNOWN_HOST for a host that is not known or not valid.
   */
  checkHost: (call: Pick<OriginCall, 'header' | 'peer'>) => void;
  /**
   * Checks the host. For unsafe methods, also checks the origin, by the headers `Origin` and `Sec-Fetch-Site`
   * (https://www.w3.org/TR/fetch-metadata/), which browsers send. A browser adds cookies by itself, so a cookie does
   * not prove that the user wanted the request.
   * @throws {ApiError} UNKNOWN_HOST for a host that is not known (with `checkHosts`), CROSS_ORIGIN for another site's
   *   request.
   */
  check: (call: OriginCall, rules: OriginRules) => void;
}

/** Returns the last value of a header. Each proxy appends a value, so the last one is from the nearest proxy. */
const lastOf = (header: string | null): string | null => header?.split(',').at(-1)?.trim() ?? null;

/**
 * Returns the host a request was sent to, with its port; `null` without a Host header, which only HTTP/1.0 allows.
 * Browsers always send it. Behind a trusted proxy, the last entry of X-Forwarded-Host takes precedence.
 */
function requestHost(header: Header, trustProxy: boolean): string | null {
  return (trustProxy ? lastOf(header('x-forwarded-host')) : null) ?? header('host');
}

/** Returns the name in a host as browsers write it, or `null` if it is not a valid host. */
function nameOf(host: string): string | null {
  if (!HOST.test(host)) return null;
  return parseUrl(`http://${host}`)?.hostname.replace(/\.$/, '') ?? null;
}

/** True for a name that browsers never look up in DNS (RFC 6761, section 6.3). */
const isLocalhost = (name: string) => name === 'localhost' || name.endsWith('.localhost');

/** True for an IP address; an IPv6 address is in brackets. */
const isAddress = (name: string) => ipVersion(name.replace(/^\[(.*)\]$/, '$1')) !== 0;

/** True if a host, which may have a port, is a loopback name or address. */
export function isLoopbackHost(host: string): boolean {
  const name = nameOf(host);
  return (
    name !== null &&
    (isLocalhost(name) || name === '[::1]' || (ipVersion(name) === 4 && name.startsWith('127.')))
  );
}

/** Returns the origin that an operator most likely uses for a host: this server's own over HTTP, or that of a proxy. */
function likelyOrigin(host: string, header: Header, trustProxy: boolean): string {
  const origin = header('origin');
  if (origin === `https://${host}` || origin === `http://${host}`) return origin;
  const isHttp = trustProxy ? lastOf(header('x-forwarded-proto')) === 'http' : /:\d+$/.test(host);
  return `${isHttp ? 'http' : 'https'}://${host}`;
}

/**
 * Creates a guard against requests from other sites.
 *
 * It accepts the host of the public URL, loopback names and IP addresses, each with any port: DNS rebinding needs
 * another name, and a proxy may map the port. Requests with an Authorization header pass, because no page can make a
 * browser add one. So do requests without a cookie from pages of `origins`.
 */
export function createOriginGuard(options: OriginOptions = {}): OriginGuard {
  const { publicUrl, checkHosts = false, origins = [], credentials = false } = options;
  const { trustProxy: proxies = false } = options;
  const { speaksHttp = false, fix: fixFor, hint = '' } = options;
  const own = publicUrl === undefined ? null : new URL(publicUrl);
  const ownName = own?.hostname.replace(/\.$/, '');
  const shared = new Set(origins);
  /** The last host that was accepted. Nearly all requests have the same one. */
  let accepted: string | undefined;

  function checkHost(call: Pick<OriginCall, 'header' | 'peer'>): void {
    const header: Header = (name) => call.header(name);
    const trustProxy = isTrustedPeer(proxies, call.peer);
    const host = requestHost(header, trustProxy);
    if (host === null || host === accepted) return;
    const name = nameOf(host);
    if (name === null || host.length > MAX_REPEATED) {
      throw new CoreError('UNKNOWN_HOST', { detail: 'The host of the request is not valid.' });
    }
    if (name !== ownName && !isLocalhost(name) && !isAddress(name)) {
      const fix = fixFor?.(likelyOrigin(host, header, trustProxy));
      throw new CoreError('UNKNOWN_HOST', {
        detail: `This server does not know the host ${name}.${fix === undefined ? '' : ` If it is yours, ${fix}.`}`,
      });
    }
    accepted = host;
  }

  /**
   * True for the origin of the public URL, and for the origin that the request was sent to. If the public URL is https,
   * it is the only origin of its host.
   */
  function isOwn(origin: string, header: Header, peer: string | null): boolean {
    const sent = parseUrl(origin);
    if (!sent) return false;
    if (sent.origin === own?.origin) return true;
    const trustProxy = isTrustedPeer(proxies, peer);
    const host = requestHost(header, trustProxy);
    if (host === null || (own?.protocol === 'https:' && nameOf(host) === ownName)) return false;
    const scheme = trustProxy ? lastOf(header('x-forwarded-proto')) : speaksHttp ? 'http' : null;
    const reached = parseUrl(`${scheme ?? sent.protocol.slice(0, -1)}://${host}`);
    return sent.origin !== 'null' && sent.origin === reached?.origin;
  }

  const isShared = (header: Header, origin: string) =>
    header('cookie') === null ? shared.has(origin) || shared.has('*') : credentials && shared.has(origin);

  function crossOrigin(origin: string): CoreError {
    const repeated = origin.slice(0, MAX_REPEATED);
    const parsed = repeated === origin && /^https?:/.test(origin) ? parseUrl(origin)?.origin : undefined;
    const fix = parsed === undefined ? undefined : fixFor?.(parsed);
    const first = `Requests from ${repeated} are not accepted.`;
    return new CoreError('CROSS_ORIGIN', {
      detail: [first, fix && `If it is this server, ${fix}.`, hint].filter(Boolean).join(' '),
    });
  }

  function check(
    call: OriginCall,
    { usesCookies = false, checksOrigin = false, anyOrigin = false }: OriginRules,
  ): void {
    const header: Header = (name) => call.header(name);
    if (!usesCookies && !checksOrigin && header('authorization') !== null) return;
    const isPreflight = call.method === 'OPTIONS' && header('access-control-request-method') !== null;
    if (isPreflight) return;
    const origin = header('origin');
    if (origin !== null && !usesCookies && isShared(header, origin)) return;
    if (checkHosts) checkHost(call);
    if (anyOrigin || SAFE_METHODS.has(call.method)) return;
    if (origin !== null) {
      if (isOwn(origin, header, call.peer)) return;
      throw crossOrigin(origin);
    }
    const site = header('sec-fetch-site');
    if (site !== null && site !== 'same-origin' && site !== 'none') throw new CoreError('CROSS_ORIGIN');
  }

  return { checkHost, check };
}
