import { isIP } from 'node:net';
import type { Env } from './env.ts';
import { AppError } from './errors.ts';
import { HOST } from './transport/target.ts';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);
/** The longest host or origin that an error repeats, in characters: a DNS name (RFC 1035) with scheme and port. */
const MAX_REPEATED = 270;

type Settings = Pick<Env, 'APP_URL' | 'CORS_ORIGINS' | 'TRUST_PROXY'>;

/** Rejects requests that a web page of another site may have made a browser send. */
export interface OriginGuard {
  /**
   * Checks the host that a request was sent to: a page whose name an attacker's DNS server points to this server (DNS
   * rebinding) reaches it under that name.
   * @throws {AppError} UNKNOWN_HOST
   */
  checkHost: (headers: Headers) => void;
  /**
   * Checks the host, and for methods that change something also where the request comes from, by `Origin` and
   * `Sec-Fetch-Site` (https://www.w3.org/TR/fetch-metadata/), which browsers send. A browser adds cookies by itself, so a
   * cookie does not prove that the user meant it.
   * @param usesCookies True for paths that read the cookie even if there is an Authorization header.
   * @throws {AppError} UNKNOWN_HOST, CROSS_ORIGIN
   */
  check: (request: Request, usesCookies: boolean) => void;
}

/** Returns the last of the values in a header; each proxy appends what it has seen, so this one is of the nearest. */
const lastOf = (header: string | null): string | null => header?.split(',').at(-1)?.trim() ?? null;

/**
 * Returns the host a request was sent to, with its port; `null` if it does not say so, as with HTTP/1.0. Browsers always do.
 * Behind a proxy that is trusted, the last entry of X-Forwarded-Host counts before Host.
 */
export function requestHost(headers: Headers, trustProxy: boolean): string | null {
  return (trustProxy ? lastOf(headers.get('x-forwarded-host')) : null) ?? headers.get('host');
}

/** Returns the name in a host as browsers write it, or `null` for what is no host. */
function nameOf(host: string): string | null {
  if (!HOST.test(host)) return null;
  return URL.parse(`http://${host}`)?.hostname.replace(/\.$/, '') ?? null;
}

/** True for a name that browsers never ask DNS for (RFC 6761, section 6.3). */
const isLocalhost = (name: string) => name === 'localhost' || name.endsWith('.localhost');

/** True for an IP address; an IPv6 address is in brackets. */
const isAddress = (name: string) => isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0;

/** True if a host, which may have a port, is a loopback name or address. */
export function isLoopbackHost(host: string): boolean {
  const name = nameOf(host);
  return (
    name !== null && (isLocalhost(name) || name === '[::1]' || (isIP(name) === 4 && name.startsWith('127.')))
  );
}

/** Returns the origin that an operator most likely means by a host: of this server itself, which speaks HTTP, or of a proxy. */
function likelyOrigin(host: string, headers: Headers, trustProxy: boolean): string {
  const origin = headers.get('origin');
  if (origin === `https://${host}` || origin === `http://${host}`) return origin;
  const isHttp = trustProxy ? lastOf(headers.get('x-forwarded-proto')) === 'http' : /:\d+$/.test(host);
  return `${isHttp ? 'http' : 'https'}://${host}`;
}

function crossOrigin(origin: string): AppError {
  const said = origin.slice(0, MAX_REPEATED);
  const own = said === origin && /^https?:/.test(origin) ? URL.parse(origin)?.origin : undefined;
  const fix = own === undefined ? '' : ` If it is this server, set APP_URL=${own} and restart.`;
  return new AppError('CROSS_ORIGIN', {
    detail: `Requests from ${said} are not accepted.${fix} Pages of other origins need an API key (see CORS_ORIGINS).`,
  });
}

/**
 * Creates the guard of an installation. Hosts are those of APP_URL, loopback names and IP addresses, each with any port:
 * DNS rebinding needs a name, and a port may be mapped on the way. Requests with an Authorization header pass, because no
 * page can make a browser add one; so do requests without a cookie of a page of CORS_ORIGINS.
 */
export function createOriginGuard({ APP_URL, CORS_ORIGINS, TRUST_PROXY }: Settings): OriginGuard {
  const own = APP_URL === undefined ? null : new URL(APP_URL);
  const ownName = own?.hostname.replace(/\.$/, '');
  const shared = new Set(CORS_ORIGINS);
  /** The last host that was accepted: nearly every request names the same. */
  let accepted: string | undefined;

  function checkHost(headers: Headers): void {
    const host = requestHost(headers, TRUST_PROXY);
    if (host === null || host === accepted) return;
    const name = nameOf(host);
    if (name === null || host.length > MAX_REPEATED) {
      throw new AppError('UNKNOWN_HOST', { detail: 'The host that the request names is not valid.' });
    }
    if (name !== ownName && !isLocalhost(name) && !isAddress(name)) {
      const fix = `set APP_URL=${likelyOrigin(host, headers, TRUST_PROXY)} and restart`;
      throw new AppError('UNKNOWN_HOST', {
        detail: `This server does not know the host ${name}. If it is yours, ${fix}.`,
      });
    }
    accepted = host;
  }

  /** True for the origin of APP_URL, and for the one that the request was sent to. An https APP_URL is the only one of its host. */
  function isOwn(origin: string, headers: Headers): boolean {
    const sent = URL.parse(origin);
    if (!sent) return false;
    if (sent.origin === own?.origin) return true;
    const host = requestHost(headers, TRUST_PROXY);
    if (host === null || (own?.protocol === 'https:' && nameOf(host) === ownName)) return false;
    // Without a proxy that says otherwise the request came over plain HTTP, which is all that this server speaks.
    const scheme = TRUST_PROXY ? lastOf(headers.get('x-forwarded-proto')) : 'http';
    const reached = URL.parse(`${scheme ?? sent.protocol.slice(0, -1)}://${host}`);
    return sent.origin !== 'null' && sent.origin === reached?.origin;
  }

  const isShared = (headers: Headers, origin: string) =>
    !headers.has('cookie') && (shared.has(origin) || shared.has('*'));

  function check({ method, headers }: Request, usesCookies: boolean): void {
    if (!usesCookies && headers.has('authorization')) return;
    const isPreflight = method === 'OPTIONS' && headers.has('access-control-request-method');
    if (isPreflight) return;
    const origin = headers.get('origin');
    if (origin !== null && !usesCookies && isShared(headers, origin)) return;
    checkHost(headers);
    if (SAFE_METHODS.has(method)) return;
    if (origin !== null) {
      if (isOwn(origin, headers)) return;
      throw crossOrigin(origin);
    }
    const site = headers.get('sec-fetch-site');
    if (site !== null && site !== 'same-origin' && site !== 'none') throw new AppError('CROSS_ORIGIN');
  }

  return { checkHost, check };
}
