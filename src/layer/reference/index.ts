import { runtime } from '#runtime';
import type { AnyTRPCRouter } from '@trpc/server';
import type { Call } from '../call/call.ts';
import type { Eventual } from '../call/eventual.ts';
import { HeaderList } from '../call/header-list.ts';
import { loadRouter } from '../call/lazy.ts';
import { type ApiResponse, emptyResponse } from '../call/response.ts';
import { CoreError } from '../errors/api-error.ts';
import { etagOf } from '../http/etag.ts';
import { acceptQuality } from '../rest/accept.ts';
import { respond } from '../rest/respond.ts';
import type { Site, SiteFile } from './site.ts';
import type { ReferenceInfo } from './subjects.ts';

export type { DocsOptions, Guide, HeaderLink, Repository } from './options.ts';
export type { ReferenceInfo };

const ALLOW = 'GET, HEAD, OPTIONS';

/** Scripts and styles are files of the reference, and nothing is loaded from elsewhere. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The number of pages that are kept once they have been written. */
const MAX_KEPT = 100;
/** The longest text that is searched for. */
const MAX_QUERY = 200;
/** Pages change with the application, so browsers ask each time, and get 304. */
const REVALIDATED = 'public, no-cache';
const PERMANENT = 'public, max-age=31536000, immutable';

/** The part of a call that this surface needs. */
type PageCall = Pick<Call, 'method' | 'path' | 'header' | 'id' | 'searchParams' | 'responseHeaders'>;

/**
 * Creates the surface that serves the reference of a router as pages for people and programs. The modules that write
 * pages are loaded at the first call.
 * @param admit counts a call of a page. Scripts and styles are not counted.
 * @returns a function from a call to its response. A page that does not exist is a page with status 404. It throws
 *   METHOD_NOT_ALLOWED for other methods than GET, HEAD and OPTIONS.
 */
export function createReferenceSurface<C extends Call>(
  router: AnyTRPCRouter,
  info: ReferenceInfo,
  { path: base, admit }: { path: string; admit: (call: C) => unknown },
): (call: C) => Promise<ApiResponse> {
  const load = createLoader(router, info);
  const kept = new Map<string, { file: SiteFile; etag: string }>();

  /** Returns a file, from those that were written last. */
  function fileOf(site: Site, path: string, form: 'html' | 'markdown', query: string) {
    const key = `${form} ${path}`;
    const known = query === '' ? kept.get(key) : undefined;
    if (known) return known;
    const file = site.file(path, form, query);
    if (!file) return undefined;
    const found = { file, etag: etagOf(file.text) };
    if (query === '') {
      const [oldest] = kept.keys();
      if (kept.size >= MAX_KEPT && oldest !== undefined) kept.delete(oldest);
      kept.set(key, found);
    }
    return found;
  }

  return async (call) => {
    const { method } = call;
    if (method === 'OPTIONS') return emptyResponse(204, { allow: ALLOW });
    if (method !== 'GET' && method !== 'HEAD') {
      throw new CoreError('METHOD_NOT_ALLOWED', {
        detail: `This path supports ${ALLOW}.`,
        headers: { allow: ALLOW },
      });
    }
    const site = await load();
    const path = placeOf(call.path, base);
    const form = prefersMarkdown(call) ? 'markdown' : 'html';
    const query = path === '' ? (call.searchParams.get('q') ?? '').slice(0, MAX_QUERY) : '';
    const found = fileOf(site, path, form, query);
    if (found?.file.isPermanent !== true) await admit(call);
    if (found) return send(call, found.file, found.etag);
    if (acceptQuality(call.header('accept'), 'text/html') < 1) throw new CoreError('NOT_FOUND');
    return send(call, site.missing());
  };
}

/** Returns the path of a call below that of the reference. */
function placeOf(path: string, base: string): string {
  if (path.endsWith('/llms.txt')) return 'llms.txt';
  return path.slice(base.length + 1).replace(/\/$/, '');
}

/** True if a client prefers Markdown to HTML, which browsers do not. */
function prefersMarkdown(call: PageCall): boolean {
  const accept = call.header('accept');
  if (!accept?.includes('markdown')) return false;
  return acceptQuality(accept, 'text/markdown') > acceptQuality(accept, 'text/html');
}

function send(call: PageCall, file: SiteFile, etag?: string): Eventual<ApiResponse> {
  const { status = 200, type, text } = file;
  const headers = HeaderList.of([
    'content-type',
    type,
    'cache-control',
    file.isPermanent === true ? PERMANENT : REVALIDATED,
  ]);
  if (file.isPermanent !== true) headers.set('vary', 'Accept');
  if (type.startsWith('text/html')) {
    headers.set('content-security-policy', POLICY);
    headers.set('referrer-policy', 'strict-origin-when-cross-origin');
    headers.set('x-frame-options', 'DENY');
  }
  if (etag !== undefined) headers.set('etag', etag);
  for (const [name, value] of call.responseHeaders) headers.set(name, value);
  return respond(call, { status, headers, body: text });
}

/** Returns a function that creates the pages at its first call. If that fails, the next call tries again. */
function createLoader(router: AnyTRPCRouter, info: ReferenceInfo): () => Promise<Site> {
  let created: Site | undefined;
  let loading: Promise<Site> | undefined;
  async function load(): Promise<Site> {
    await loadRouter(router);
    const [{ createSite }, guides] = await Promise.all([import('./site.ts'), info.docs.guides?.() ?? []]);
    return (created = createSite(router, info, guides));
  }
  return async () => {
    if (created) return created;
    // On some runtimes, no request may wait for the work of another one.
    if (runtime.isolatesRequests) return load();
    loading ??= load().finally(() => {
      loading = undefined;
    });
    return loading;
  };
}
