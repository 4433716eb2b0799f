import { readdirSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname } from 'node:path';
import { chooseEncoding } from '#layer/index';
import { posixPath } from '#server/posix-path';

const PREFIX = '/_next/static/';
/** The suffixes of compressed files, which scripts/compress.mjs creates. */
const SUFFIXES = { br: '.br', gzip: '.gz' } as const;
const TYPES = new Map([
  ['.css', 'text/css; charset=UTF-8'],
  ['.js', 'application/javascript; charset=UTF-8'],
  ['.svg', 'image/svg+xml'],
]);
/** Headers that refer to exact bytes, so the response must be the original file. */
const ORIGINAL_ONLY = ['range', 'if-match', 'if-unmodified-since'];

/** Returns the paths of a build's static files. @param folder the folder of the files, which is read once. */
export function staticFiles(folder: string): ReadonlySet<string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return new Set(names.map((path) => PREFIX + posixPath(path)));
}

/**
 * Returns a function that rewrites a request for a static file to its compressed form, if the build has one and the
 * request accepts it. The function returns true if the response must not be compressed while it is sent. That is so for
 * every static file if the build has compressed forms.
 * @param files the paths of the build's static files.
 */
export function usePrecompressed(
  files: ReadonlySet<string>,
): (req: IncomingMessage, res: ServerResponse) => boolean {
  const isPrepared = [...files].some((path) => path.endsWith(SUFFIXES.br));
  return (req, res) => {
    const [path = '', ...query] = (req.url ?? '').split(/(?=\?)/);
    if (!isPrepared || !path.startsWith(PREFIX)) return false;
    const type = TYPES.get(extname(path));
    if (type === undefined || !files.has(path + SUFFIXES.br)) return true;
    res.setHeader('vary', 'Accept-Encoding');
    const encoding = acceptsAnyForm(req) ? chooseEncoding(req.headers['accept-encoding'] ?? null) : null;
    if (!encoding || !files.has(path + SUFFIXES[encoding])) return true;
    req.url = [path + SUFFIXES[encoding], ...query].join('');
    res.setHeader('content-type', type);
    res.setHeader('content-encoding', encoding);
    return true;
  };
}

/** True if the compressed form of the file is a valid response. */
function acceptsAnyForm({ method, headers }: IncomingMessage): boolean {
  return (
    (method === 'GET' || method === 'HEAD') && ORIGINAL_ONLY.every((name) => headers[name] === undefined)
  );
}
