import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { clientAddress, createOriginGuard, isTrustedPeer } from '#layer/index';
import type { Deps } from '#server/compose';
import { AppError, toAppError } from '#server/errors';
import { reportFailure } from '#server/failures';
import { originOptions } from '#server/origin';
import { createContext } from '#server/people/context';
import { proxiesOf, trustedPeersOf } from '#server/proxies';
import { type PageRequest, renderFor } from './current.ts';
import { isPublicPage, removeCredentials } from './public.ts';
import { reject } from './reject.ts';

type Listener = (req: IncomingMessage, res: ServerResponse) => Promise<void>;

/** The maximum time for the admission of a request for a page, in milliseconds. */
const LIMIT_MS = 30_000;
/** Matches an encoded slash or backslash. No segment of a page's path contains one. */
const ENCODED_SLASH = /%2F|%5C/;
/** Headers that parts of Next.js, and some hosts, use internally. */
const OF_NEXT = /^x-(middleware|invoke|matched|now|nextjs|vercel|prerender)-|^next-(action|resume)$/;
const OF_PROXY = /^(x-forwarded-.*|forwarded|x-real-ip)$/;

export interface PageGuardOptions {
  deps: Deps;
  /** The paths of the build's static files. */
  files: ReadonlySet<string>;
}

/**
 * Passes only requests for pages to Next.js: GET and HEAD of a page, each counted like a call of its caller, and of the
 * build's static files, which cost almost nothing. Other features of Next.js, such as its image optimizer, which calls
 * the API from inside, are rejected before Next.js receives the request. If a limit is exceeded or the database does
 * not respond, the response is a small page with the status of that error.
 */
export function guardPages(next: Listener, { deps, files }: PageGuardOptions): Listener {
  const { env } = deps;
  const origins = createOriginGuard(originOptions(env));
  const proxies = proxiesOf(env);
  const trustedPeers = trustedPeersOf(env);

  /** Counts a request for a page. @throws {AppError} UNKNOWN_HOST, TOO_MANY_REQUESTS, SERVICE_UNAVAILABLE (logged) */
  async function admit(req: IncomingMessage, path: string): Promise<PageRequest> {
    const headers = headersOf(req);
    if (isPublicPage(path)) removeCredentials(headers);
    // Check the host here, because each call of the page would be rejected later.
    const header = (name: string) => headers.get(name);
    const peer = peerOf(req);
    origins.checkHost({ header, peer });
    const ip = clientAddress(header, peer, proxies);
    const context = createContext(deps, {
      id: randomUUID(),
      headers,
      ip,
      userAgent: headers.get('user-agent'),
      withoutCookies: true,
      signal: AbortSignal.timeout(LIMIT_MS),
    });
    try {
      await context.admission.admitOne();
    } catch (thrown) {
      const error = toAppError(thrown);
      reportFailure(error, context, 'page');
      throw error;
    }
    return {};
  }

  /** Returns the page to render, or `null` for a static file. @throws {AppError} if it is neither. */
  async function enter(req: IncomingMessage): Promise<PageRequest | null> {
    if (req.method !== 'GET' && req.method !== 'HEAD') {
      throw new AppError('METHOD_NOT_ALLOWED', { headers: { Allow: 'GET, HEAD' } });
    }
    const path = (req.url ?? '').split('?', 1)[0] ?? '';
    if (files.has(decodeURIComponent(path))) return null;
    if (path.startsWith('/_next/') || ENCODED_SLASH.test(path)) throw new AppError('NOT_FOUND');
    return admit(req, path);
  }

  return async (req, res) => {
    let page: PageRequest | null;
    try {
      page = await enter(req);
    } catch (thrown) {
      reject(req, res, toAppError(thrown), 'page');
      return;
    }
    const isProxied = isTrustedPeer(trustedPeers, peerOf(req));
    for (const name of Object.keys(req.headers)) {
      if (OF_NEXT.test(name) || (!isProxied && OF_PROXY.test(name))) {
        Reflect.deleteProperty(req.headers, name);
      }
    }
    await (page ? renderFor(page, () => next(req, res)) : next(req, res));
  };
}

const peerOf = ({ socket }: IncomingMessage): string | null => socket.remoteAddress ?? null;

function headersOf({ headersDistinct }: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(headersDistinct)) {
    for (const value of values) headers.append(name, value);
  }
  return headers;
}
