import { isIP } from 'node:net';
import type { Call } from '../call/call.ts';
import { CoreError } from '../errors/api-error.ts';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);
/** The longest host or origin that an error repeats, in characters: a DNS name (RFC 1035) with scheme and port. */
const MAX_REPEATED = 270;
/** A name or an IPv4 address, or an IPv6 address in brackets, and a port (RFC 3986, section 3.2). */
export const HOST = /^(?:\[[\da-f:.]+\]|[\w.-]+)(?::(\d{0,5}))?$/i;

export interface OriginOptions {
  /** The public URL of the API, such as `https://app.example.com`. */
  publicUrl?: string | undefined;
  /** Rejects requests to hosts that are neither the public URL's nor a loopback name nor an IP address. Default: false. */
  checkHosts?: boolean;
  /** The origins whose pages may send requests without cookies; `*` for all. Default: none. */
  origins?: readonly string[];
  /** Lets pages of `origins`, but for `*`, send cookies too. Default: false. */
  credentials?: boolean;
  /** True if a proxy of your own is in front, so that X-Forwarded-Host and X-Forwarded-Proto count. Default: false. */
  trustProxy?: boolean;
  /** True if requests without a proxy come over plain HTTP, so that an https origin is another one. Default: false, unknown. */
  speaksHttp?: boolean;
  /** Returns how the operator allows an origin of their own, as a sentence that an error adds. */
  fix?: (origin: string) => string;
  /** What an error adds about pages of other origins. */
  hint?: string;
}

/** The part of a call that is checked. */
export type OriginCall = Pick<Call, 'method' | 'header'>;
type Header = OriginCall['header'];

/** Rejects requests that a web page of another site may have made a browser send. */
export interface OriginGuard {
  /**
   * Checks the host that a request was sent to: a page whose name an attacker's DNS server points to this server (DNS
   * rebinding) reaches it under that name.
   * @throws {ApiError} UNKNOWN_HOST
   */
  checkHost: (header: Header) => void;
  /**
   * Checks the host, and for methods that change something also where the request comes from, by `Origin` and
   * `Sec-Fetch-Site` (https://www.w3.org/TR/fetch-metadata/), which browsers send. A browser adds cookies by itself, so a
   * cookie does not prove that the user meant it.
   * @param usesCookies True for paths that read the cookie even if there is an Authorization header.
   * @throws {ApiError} UNKNOWN_HOST, CROSS_ORIGIN
   */
  check: (call: OriginCall, usesCookies: boolean) => void;
}

/** Returns the last of the values in a header; each proxy appends what it has seen, so this one is of the nearest. */
const lastOf = (header: string | null): string | null => header?.split(',').at(-1)?.trim() ?? null;

/**
 * Returns the host a request was sent to, with its port; `null` if it does not say so, as with HTTP/1.0. Browsers always do.
 * Behind a proxy that is trusted, the last entry of X-Forwarded-Host counts before Host.
 */
export function requestHost(header: Header, trustProxy: boolean): string | null {
  return (trustProxy ? lastOf(header('x-forwarded-host')) : null) ?? header('host');
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
function likelyOrigin(host: string, header: Header, trustProxy: boolean): string {
  const origin = header('origin');
  if (origin === `https://${host}` || origin === `http://${host}`) return origin;
  const isHttp = trustProxy ? lastOf(header('x-forwarded-proto')) === 'http' : /:\d+$/.test(host);
  return `${isHttp ? 'http' : 'https'}://${host}`;
}

/**
 * Creates a guard against requests of other sites. Hosts are those of the public URL, loopback names and IP addresses, each with
 * any port: DNS rebinding needs a name, and a port may be mapped on the way. Requests with an Authorization header pass,
 * because no page can make a browser add one; so do requests without a cookie of a page of `origins`.
 */
export function createOriginGuard(options: OriginOptions = {}): OriginGuard {
  const { publicUrl, checkHosts = false, origins = [], credentials = false, trustProxy = false } = options;
  const { speaksHttp = false, fix: fixFor, hint = '' } = options;
  const own = publicUrl === undefined ? null : new URL(publicUrl);
  const ownName = own?.hostname.replace(/\.$/, '');
  const shared = new Set(origins);
  /** The last host that was accepted: nearly every request names the same. */
  let accepted: string | undefined;

  function checkHost(header: Header): void {
    const host = requestHost(header, trustProxy);
    if (host === null || host === accepted) return;
    const name = nameOf(host);
    if (name === null || host.length > MAX_REPEATED) {
      throw new CoreError('UNKNOWN_HOST', { detail: 'The host that the request names is not valid.' });
    }
    if (name !== ownName && !isLocalhost(name) && !isAddress(name)) {
      const fix = fixFor?.(likelyOrigin(host, header, trustProxy));
      throw new CoreError('UNKNOWN_HOST', {
        detail: `This server does not know the host ${name}.${fix === undefined ? '' : ` If it is yours, ${fix}.`}`,
      });
    }
    accepted = host;
  }

  /** True for the origin of the public URL, and for the one that the request was sent to. An https public URL is the only one of its host. */
  function isOwn(origin: string, header: Header): boolean {
    const sent = URL.parse(origin);
    if (!sent) return false;
    if (sent.origin === own?.origin) return true;
    const host = requestHost(header, trustProxy);
    if (host === null || (own?.protocol === 'https:' && nameOf(host) === ownName)) return false;
    const known = trustProxy ? lastOf(header('x-forwarded-proto')) : speaksHttp ? 'http' : null;
    const reached = URL.parse(`${known ?? sent.protocol.slice(0, -1)}://${host}`);
    return sent.origin !== 'null' && sent.origin === reached?.origin;
  }

  const isShared = (header: Header, origin: string) =>
    header('cookie') === null ? shared.has(origin) || shared.has('*') : credentials && shared.has(origin);

  function crossOrigin(origin: string): CoreError {
    const repeated = origin.slice(0, MAX_REPEATED);
    const parsed = repeated === origin && /^https?:/.test(origin) ? URL.parse(origin)?.origin : undefined;
    const fix = parsed === undefined ? undefined : fixFor?.(parsed);
    const first = `Requests from ${repeated} are not accepted.`;
    return new CoreError('CROSS_ORIGIN', {
      detail: [first, fix && `If it is this server, ${fix}.`, hint].filter(Boolean).join(' '),
    });
  }

  function check(call: OriginCall, usesCookies: boolean): void {
    const header: Header = (name) => call.header(name);
    if (!usesCookies && header('authorization') !== null) return;
    const isPreflight = call.method === 'OPTIONS' && header('access-control-request-method') !== null;
    if (isPreflight) return;
    const origin = header('origin');
    if (origin !== null && !usesCookies && isShared(header, origin)) return;
    if (checkHosts) checkHost(header);
    if (SAFE_METHODS.has(call.method)) return;
    if (origin !== null) {
      if (isOwn(origin, header)) return;
      throw crossOrigin(origin);
    }
    const site = header('sec-fetch-site');
    if (site !== null && site !== 'same-origin' && site !== 'none') throw new CoreError('CROSS_ORIGIN');
  }

  return { checkHost, check };
}
