import { readdirSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, sep } from 'node:path';
import { chooseEncoding } from '#server/surfaces/rest/encoding';

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

/**
 * For the static files of a build: a function that turns a request for one into a request for its compressed form,
 * where the build left one and the request accepts it. It returns whether it did.
 * @param folder the build's static files, read once.
 */
export function usePrecompressed(folder: string): (req: IncomingMessage, res: ServerResponse) => boolean {
  const files = new Set(
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map(
      (path) => PREFIX + path.replaceAll(sep, '/'),
    ),
  );
  return (req, res) => {
    const [path = '', ...query] = (req.url ?? '').split(/(?=\?)/);
    if (!path.startsWith(PREFIX) || (req.method !== 'GET' && req.method !== 'HEAD')) return false;
    if (OF_THE_FILE_ITSELF.some((name) => req.headers[name] !== undefined)) return false;
    const type = TYPES.get(extname(path));
    const encoding = chooseEncoding(req.headers['accept-encoding'] ?? null);
    if (type === undefined || !encoding || !files.has(path + SUFFIXES[encoding])) return false;
    req.url = [path + SUFFIXES[encoding], ...query].join('');
    res.setHeader('content-type', type);
    res.setHeader('content-encoding', encoding);
    res.setHeader('vary', 'Accept-Encoding');
    return true;
  };
}
