import { HOST } from '#layer/index';
import { AppError } from '#server/errors';

/** The longest path, in characters; what a request asks for beyond it is the query's business. */
const MAX_PATH = 4096;

/** What a request is for. */
export interface Target {
  /** In the one spelling that everything behind it sees; `*` for the server as a whole. */
  path: string;
  /** With its question mark; `''` without a query. */
  search: string;
  /** The authority of a target in absolute form, which stands above the Host header. */
  host?: string;
}

const bad = (detail: string, cause?: unknown) => new AppError('BAD_REQUEST', { detail, cause });

/** Segments that have one spelling only: no percent sign, no dot in front, none of them empty but the last. */
const PLAIN = /^(?:\/[\w~!$&'()*+,;=:@-][\w.~!$&'()*+,;=:@-]*)*\/?$/;

/** RFC 9112, section 3.2.2; of an https URL when a proxy in front has ended TLS. */
const ABSOLUTE = /^https?:\/\/([^/?#]*)(.*)$/i;

/**
 * Decides what a request is for, before anything else looks at it: every spelling of a path becomes the same one (RFC
 * 3986, section 6.2.2), so that nothing behind it takes a path for another than it is.
 * @param target the request target as it stands in the request line (RFC 9112, section 3.2).
 * @throws {AppError} BAD_REQUEST for what is no URL or could be read in two ways, URI_TOO_LONG, and NOT_FOUND for a path
 * with an empty segment, as nothing is served there.
 */
export function readTarget(method: string, target: string): Target {
  if (target === '*') {
    if (method === 'OPTIONS') return { path: '*', search: '' };
    throw bad('Only OPTIONS has the target *.');
  }
  if (target.startsWith('/')) return readOrigin(target);
  const [, host, rest = ''] = ABSOLUTE.exec(target) ?? [];
  if (host === undefined) throw bad('The request target must be a path or an http URL.');
  checkHost(host);
  return { ...readOrigin(rest.startsWith('/') ? rest : `/${rest}`), host };
}

function readOrigin(target: string): Target {
  const at = target.indexOf('?');
  const path = at === -1 ? target : target.slice(0, at);
  const search = at === -1 ? '' : target.slice(at);
  if (path.length > MAX_PATH) {
    throw new AppError('URI_TOO_LONG', { detail: `The path may have ${MAX_PATH} characters at most.` });
  }
  // Node reads the bytes of a request line as Latin-1; what their sender meant by them is anybody's guess.
  if (/[^!-~]|#/.test(target)) throw bad('Percent-encode spaces, # and characters that are not ASCII.');
  return { path: PLAIN.test(path) ? path : normalize(path), search };
}

function normalize(path: string): string {
  if (path.includes('\\')) throw bad('The path may not have a backslash.');
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch (cause) {
    throw bad('The path is not percent-encoded UTF-8.', cause);
  }
  if (/\p{Cc}/u.test(decoded)) throw bad('The path may not have control characters.');
  const segments: string[] = [];
  const given = path.replace(/%../g, unescapeUnreserved).replace(/["<>^`{|}[\]]/g, encodeURIComponent);
  const [, ...rest] = given.split('/');
  for (const [i, segment] of rest.entries()) {
    const isLast = i === rest.length - 1;
    if (segment === '..') segments.pop();
    else if (segment !== '.') segments.push(segment);
    if (isLast && (segment === '.' || segment === '..')) segments.push('');
  }
  if (segments.slice(0, -1).includes('')) {
    throw new AppError('NOT_FOUND', { detail: 'There is nothing at a path with an empty segment.' });
  }
  return `/${segments.join('/')}`;
}

/** An escape in its one spelling: none for a character that needs none (RFC 3986, section 2.3), else in capitals. */
function unescapeUnreserved(escape: string): string {
  const char = String.fromCharCode(parseInt(escape.slice(1), 16));
  return /[\w.~-]/.test(char) ? char : escape.toUpperCase();
}

/**
 * Checks the host of a request.
 * @throws {AppError} BAD_REQUEST for one that is no host (RFC 9112, section 3.2).
 */
export function checkHost(host: string): void {
  const [isHost, port = ''] = HOST.exec(host) ?? [];
  if (isHost === undefined || Number(port) > 65_535 || !URL.canParse(`http://${host}`)) {
    throw bad('The host is not valid.');
  }
}

/**
 * Has a request say in its URL and its Host header what it is for; whoever reads them then finds the one spelling.
 * @throws {AppError} as `readTarget` does, and BAD_REQUEST for a request with a wrong Host header, or with more than one.
 */
export function settleTarget(req: {
  method?: string | undefined;
  url?: string | undefined;
  headers: { host?: string | undefined };
  rawHeaders: string[];
}): Target {
  const { rawHeaders, headers } = req;
  const at = findHost(rawHeaders, 0);
  if (at !== -1 && findHost(rawHeaders, at + 2) !== -1) throw bad('There may be one Host header only.');
  if (headers.host !== undefined) checkHost(headers.host);
  const target = readTarget(req.method ?? 'GET', req.url ?? '/');
  req.url = target.path + target.search;
  if (target.host === undefined) return target;
  headers.host = target.host;
  if (at === -1) rawHeaders.push('Host', target.host);
  else rawHeaders[at + 1] = target.host;
  return target;
}

/** @returns the index of the next Host header in names and values that take turns, or -1. */
function findHost(rawHeaders: readonly string[], from: number): number {
  for (let i = from; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i];
    if (name?.length === 4 && name.toLowerCase() === 'host') return i;
  }
  return -1;
}
