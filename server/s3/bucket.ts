import { Readable } from 'node:stream';
import type { S3Config } from './config.ts';
import { S3Error } from './error.ts';
import { send } from './request.ts';
import { elements, escaped, textOf } from './xml.ts';

/** The time limit of a request without an object, in milliseconds. */
const SHORT_MS = 20_000;
/** The time limit of a request that sends or reads a part of an object, in milliseconds. */
const PART_MS = 120_000;
/** The size of a part of an upload, in bytes. All but the last have the same size. S3 accepts 10,000 of them. */
const PART_BYTES = 10 * 1024 * 1024;
const MAX_PARTS = 10_000;
/** The bytes that are read in one request, so that a slow reader keeps no connection open. */
export const READ_BYTES = 3 * 1024 * 1024;

const GONE = 404;

/** An object in a list. */
export interface S3Object {
  key: string;
  size: number;
}

export interface Bucket {
  /** Stores an object of at most PART_BYTES. It is complete or not there. */
  put: (key: string, bytes: Uint8Array, signal?: AbortSignal) => Promise<void>;
  /**
   * Stores a stream of any length as an object, in parts, so that little of it is in memory. If that fails, there is no
   * object, and the parts are removed.
   * @returns the number of bytes.
   */
  putStream: (key: string, stream: AsyncIterable<Uint8Array>, signal?: AbortSignal) => Promise<number>;
  /** Returns the size of an object; `undefined` if there is none. */
  size: (key: string, signal?: AbortSignal) => Promise<number | undefined>;
  /** Reads a range without its end, of at most READ_BYTES; `undefined` if there is no object. */
  read: (
    key: string,
    range: { start: number; end: number },
    signal?: AbortSignal,
  ) => Promise<Buffer | undefined>;
  /** Removes an object, if there is one. */
  remove: (key: string, signal?: AbortSignal) => Promise<void>;
  /** Yields all objects whose keys have a prefix, by key. */
  list: (prefix: string, signal?: AbortSignal) => AsyncGenerator<S3Object>;
}

/** Joins chunks to parts of PART_BYTES. The last may be shorter, and the first of an empty stream is empty. */
async function* partsOf(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let part = new Uint8Array(PART_BYTES);
  let used = 0;
  for await (const chunk of stream) {
    for (let at = 0; at < chunk.length;) {
      // Not before there is more, because the last part is the only one that may be shorter.
      if (used === PART_BYTES) {
        yield part;
        [part, used] = [new Uint8Array(PART_BYTES), 0];
      }
      const piece = chunk.subarray(at, at + PART_BYTES - used);
      part.set(piece, used);
      used += piece.length;
      at += piece.length;
    }
  }
  yield part.subarray(0, used);
}

/** Returns what decodes the keys of a list. Not every server encodes them, and only some use `+`. */
const keyDecoder = (xml: string) => (key: string) =>
  textOf(xml, 'EncodingType') === 'url' ? decodeURIComponent(key.replaceAll('+', ' ')) : key;

/** Opens a bucket. It sends no request. */
export function openBucket(config: S3Config, limits = { shortMs: SHORT_MS, partMs: PART_MS }): Bucket {
  const { shortMs: limitMs, partMs } = limits;

  async function put(key: string, bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
    await send(config, { method: 'PUT', key, body: new Uint8Array(bytes), limitMs: partMs, signal });
  }

  async function begin(key: string, signal?: AbortSignal): Promise<string> {
    const query = { uploads: '' };
    const { body } = await send(config, { method: 'POST', key, query, limitMs, signal });
    const id = textOf(body.toString(), 'UploadId');
    if (id === undefined)
      throw new S3Error('The S3 server began an upload and did not name it.', 'NO_UPLOAD');
    return id;
  }

  async function putPart(
    key: string,
    upload: { uploadId: string; partNumber: string },
    body: Uint8Array<ArrayBuffer>,
    signal?: AbortSignal,
  ): Promise<string> {
    const { headers } = await send(config, {
      method: 'PUT',
      key,
      query: upload,
      body,
      limitMs: partMs,
      signal,
    });
    const etag = headers.get('etag');
    if (etag === null) throw new S3Error('The S3 server stored a part and did not name it.', 'NO_ETAG');
    return etag;
  }

  async function complete(key: string, uploadId: string, etags: readonly string[], signal?: AbortSignal) {
    const parts = etags.map(
      (etag, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>${escaped(etag)}</ETag></Part>`,
    );
    const body = new TextEncoder().encode(
      `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${parts.join('')}</CompleteMultipartUpload>`,
    );
    const headers = { 'content-type': 'application/xml' };
    await send(config, { method: 'POST', key, query: { uploadId }, headers, body, limitMs: partMs, signal });
  }

  return {
    put,
    async putStream(key, stream, signal) {
      let uploadId: string | undefined;
      const etags: string[] = [];
      let bytes = 0;
      try {
        for await (const part of partsOf(stream)) {
          bytes += part.length;
          if (uploadId === undefined && part.length < PART_BYTES) {
            await put(key, part, signal);
            return bytes;
          }
          uploadId ??= await begin(key, signal);
          if (etags.length === MAX_PARTS) {
            throw new S3Error('The object would be larger than 97 GiB, which is the limit.', 'TOO_LARGE');
          }
          const partNumber = String(etags.length + 1);
          etags.push(await putPart(key, { uploadId, partNumber }, part, signal));
        }
        if (uploadId !== undefined) await complete(key, uploadId, etags, signal);
        return bytes;
      } catch (error) {
        if (uploadId !== undefined) {
          // Without the signal, which may have ended the upload. The first error is the one to report.
          const request = { method: 'DELETE', key, query: { uploadId }, limitMs, accepts: [GONE] } as const;
          await send(config, request).catch(() => undefined);
        }
        throw error;
      }
    },
    async size(key, signal) {
      const { status, headers } = await send(config, {
        method: 'HEAD',
        key,
        limitMs,
        accepts: [GONE],
        signal,
      });
      return status === GONE ? undefined : Number(headers.get('content-length'));
    },
    async read(key, { start, end }, signal) {
      const headers = { range: `bytes=${start}-${end - 1}` };
      const request = { method: 'GET', key, headers, limitMs: partMs, accepts: [GONE], signal } as const;
      const { status, body } = await send(config, request, READ_BYTES);
      return status === GONE ? undefined : body;
    },
    async remove(key, signal) {
      await send(config, { method: 'DELETE', key, limitMs, accepts: [GONE], signal });
    },
    async *list(prefix, signal) {
      let token: string | undefined;
      do {
        const query = {
          'list-type': '2',
          prefix,
          'encoding-type': 'url',
          ...(token !== undefined && { 'continuation-token': token }),
        };
        const { body } = await send(config, { method: 'GET', query, limitMs, signal });
        const xml = body.toString();
        const decode = keyDecoder(xml);
        for (const object of elements(xml, 'Contents')) {
          const key = decode(textOf(object, 'Key') ?? '');
          yield { key, size: Number(textOf(object, 'Size')) };
        }
        token = textOf(xml, 'IsTruncated') === 'true' ? textOf(xml, 'NextContinuationToken') : undefined;
      } while (token !== undefined);
    },
  };
}

/** Returns a range of an object, without its end, as a stream. @throws {S3Error} if it ends earlier. */
export function readRange(
  bucket: Bucket,
  key: string,
  { start, end }: { start: number; end: number },
): Readable {
  async function* pieces() {
    for (let at = start; at < end;) {
      const piece = await bucket.read(key, { start: at, end: Math.min(end, at + READ_BYTES) });
      if (!piece || piece.length === 0) throw new S3Error(`There is no whole object ${key}.`, 'NO_SUCH_KEY');
      yield piece;
      at += piece.length;
    }
  }
  return Readable.from(pieces(), { objectMode: false });
}
