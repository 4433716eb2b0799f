import { readdirSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname } from 'node:path';
import { chooseEncoding } from '#layer/index';
import { posixPath } from '#server/posix-path';

const PREFIX = '/_next/static/';
/** What a compressed file is called after the file it was made of; scripts/compress.mjs makes them. */
const SUFFIXES = { br: '.br', gzip: '.gz' } as const;
const TYPES = new Map([
  ['.css', 'text/css; charset=UTF-8'],
  ['.js', 'application/javascript; charset=UTF-8'],
  ['.svg', 'image/svg+xml'],
]);
/** What these ask for is a matter of the very bytes, so the file itself answers. */
const OF_THE_FILE_ITSELF = ['range', 'if-match', 'if-unmodified-since'];

/** Returns the paths of a build's static files. @param folder where they are; read once. */
export function staticFiles(folder: string): ReadonlySet<string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return new Set(names.map((path) => PREFIX + posixPath(path)));
}

/**
 * For the static files of a build: a function that turns a request for one into a request for its compressed form,
 * where the build left one and the request accepts it. It returns whether there is nothing left to compress, as of no
 * static file when the build left compressed forms.
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
    const encoding = isForAnyForm(req) ? chooseEncoding(req.headers['accept-encoding'] ?? null) : null;
    if (!encoding || !files.has(path + SUFFIXES[encoding])) return true;
    req.url = [path + SUFFIXES[encoding], ...query].join('');
    res.setHeader('content-type', type);
    res.setHeader('content-encoding', encoding);
    return true;
  };
}

/** Whether the file's compressed form will do as well. */
function isForAnyForm({ method, headers }: IncomingMessage): boolean {
  return (
    (method === 'GET' || method === 'HEAD') && OF_THE_FILE_ITSELF.every((name) => headers[name] === undefined)
  );
}
