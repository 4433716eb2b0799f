import type { IncomingMessage, ServerResponse } from 'node:http';
import { constants, createBrotliCompress, createGzip } from 'node:zlib';
import { chooseEncoding, type Encoding, MIN_LENGTH } from '#layer/index';

const COMPRESSIBLE = /^(text\/|application\/([\w.-]+\+)?(javascript|json|xml)\b|image\/svg\+xml\b)/i;
const NO_TRANSFORM = /(^|,)\s*no-transform\s*(,|$)/i;

/**
 * Each page is rendered for one reader, so the time to compress it matters. gzip is faster than brotli at the same size
 * (a brotli encoder is expensive to set up), so brotli is only used for clients that do not accept gzip.
 */
const PREFERRED = 'gzip';
const BROTLI = {
  flush: constants.BROTLI_OPERATION_FLUSH,
  params: { [constants.BROTLI_PARAM_QUALITY]: 3, [constants.BROTLI_PARAM_LGWIN]: 18 },
};
const GZIP = { flush: constants.Z_SYNC_FLUSH, level: 4 };

/** Creates an encoder that outputs everything written to it immediately, so that a stream is not delayed. */
const createCoder = (encoding: Encoding) =>
  encoding === 'br' ? createBrotliCompress(BROTLI) : createGzip(GZIP);

type Callback = (error?: Error | null) => void;
type Chunk = string | Uint8Array;

const textOf = (res: ServerResponse, name: string) => String(res.getHeader(name) ?? '');

/** Adds Vary, because the response depends on Accept-Encoding. */
function addVary(res: ServerResponse): void {
  const before = textOf(res, 'vary');
  if (/accept-encoding|\*/i.test(before)) return;
  res.setHeader('vary', before === '' ? 'Accept-Encoding' : `${before}, Accept-Encoding`);
}

/** Returns true if the body may be compressed for clients that accept it. Adds Vary in that case. */
function mayCompress(res: ServerResponse): boolean {
  if (res.headersSent) return false;
  const isUnchanged = res.statusCode === 304;
  if (!isUnchanged && !COMPRESSIBLE.test(textOf(res, 'content-type'))) return false;
  addVary(res);
  return !['content-encoding', 'content-range'].some((name) => res.hasHeader(name)) && !isFinal(res);
}

const isFinal = (res: ServerResponse) => NO_TRANSFORM.test(textOf(res, 'cache-control'));

/** Weakens the entity tag, because a strong tag identifies exact bytes, and they change (RFC 9110, section 8.8.3.3). */
function weakenTag(res: ServerResponse): void {
  const tag = textOf(res, 'etag');
  if (tag.startsWith('"')) res.setHeader('etag', `W/${tag}`);
}

/**
 * Sends the body of a response in `br` or `gzip` if the request accepts that and it is worth it: text of at least
 * `MIN_LENGTH` bytes that has no content coding yet and is not part of a range. If a body is written in one call, its
 * length is known. Otherwise it is compressed chunk by chunk, and each chunk is sent as soon as it is written.
 * Call this function before anything is written.
 */
export function compressBody(req: IncomingMessage, res: ServerResponse): void {
  const encoding = chooseEncoding(req.headers['accept-encoding'] ?? null, PREFERRED);
  const write = res.write.bind(res);
  const end = res.end.bind(res);
  let isOpen = false;
  let held: Buffer | undefined;
  let coder: ReturnType<typeof createCoder> | undefined;

  /** Decides how the body is sent. @param length of the body in bytes, or `Infinity` if it is not known yet. */
  function open(length: number): void {
    if (isOpen) return;
    isOpen = true;
    if (!mayCompress(res) || !encoding) return;
    const stated = res.getHeader('content-length');
    if (res.statusCode !== 304 && Number(stated ?? length) < MIN_LENGTH) return;
    weakenTag(res);
    if (res.statusCode === 304) return;
    res.setHeader('content-encoding', encoding);
    res.removeHeader('content-length');
    if (req.method !== 'HEAD') coder = startCoder(encoding);
  }

  function startCoder(encoding: Encoding): ReturnType<typeof createCoder> {
    const started = createCoder(encoding);
    started.on('data', (bytes: Buffer) => {
      if (!write(bytes)) started.pause();
    });
    started.on('drain', () => res.emit('drain'));
    started.on('end', () => end());
    started.on('error', (error) => res.destroy(error));
    res.on('drain', () => started.resume());
    // A closed connection does not end the encoder. Destroy it to free its native memory.
    res.once('close', () => started.destroy());
    return started;
  }

  function send(chunk: Buffer, callback?: Callback): boolean {
    return coder ? coder.write(chunk, callback) : write(chunk, callback);
  }

  /** Sends the held chunk, because more chunks follow. */
  function release(): void {
    open(Infinity);
    const chunk = held;
    held = undefined;
    if (chunk && !res.destroyed) send(chunk);
  }

  // The headers are sent with the first bytes of the body, when their coding is decided.
  res.flushHeaders = () => undefined;

  res.write = (chunk: Chunk, second?: BufferEncoding | Callback | null, third?: Callback) => {
    const bytes = toBuffer(chunk, second);
    const callback = typeof second === 'function' ? second : third;
    if (!isOpen && !held && bytes.length < MIN_LENGTH && !res.hasHeader('content-length')) {
      held = bytes;
      setImmediate(release);
      if (callback) process.nextTick(callback);
      return true;
    }
    release();
    return send(bytes, callback);
  };

  res.end = (
    first?: Chunk | (() => void) | null,
    second?: BufferEncoding | (() => void) | null,
    third?: () => void,
  ) => {
    const callback = [first, second, third].find((argument) => typeof argument === 'function');
    if (callback) res.once('finish', callback);
    const last = first && typeof first !== 'function' ? toBuffer(first, second) : Buffer.alloc(0);
    const rest = held ? Buffer.concat([held, last]) : last;
    held = undefined;
    open(rest.length);
    if (coder) coder.end(rest);
    else if (rest.length > 0) end(rest);
    else end();
    return res;
  };
}

function toBuffer(chunk: Chunk, encoding: unknown): Buffer {
  if (typeof chunk !== 'string') return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  return Buffer.from(chunk, typeof encoding === 'string' && Buffer.isEncoding(encoding) ? encoding : 'utf8');
}
