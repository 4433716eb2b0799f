import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { AwsV4Signer } from 'aws4fetch';
import type { S3Config } from './config.ts';
import { S3Error } from './error.ts';
import { textOf } from './xml.ts';

/** How often a request is sent if the server or the network fails. */
const ATTEMPTS = 3;
const PAUSE_MS = 300;
/** The longest response that is not an object: a list of 1,000 keys, in bytes. */
const MAX_TEXT_BYTES = 8 * 1024 * 1024;

export interface S3Request {
  method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  /** Left out for a request about the bucket. */
  key?: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: Uint8Array<ArrayBuffer>;
  /** How long it may take with all attempts, in milliseconds. */
  limitMs: number;
  /** Returned instead of thrown, besides 2xx. */
  accepts?: readonly number[];
  signal?: AbortSignal | undefined;
}

export interface S3Response {
  status: number;
  headers: Headers;
  body: Buffer<ArrayBuffer>;
}

const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');

/** Returns the URL of a key, or of the bucket. */
function urlOf({ endpoint, bucket, usesPath }: S3Config, { key, query = {} }: S3Request): URL {
  const url = new URL(endpoint);
  const path = (key ?? '').split('/').map(encodeURIComponent).join('/');
  const base = url.pathname.replace(/\/$/, '');
  if (usesPath) url.pathname = `${base}/${bucket}/${path}`;
  else {
    url.hostname = `${bucket}.${url.hostname}`;
    url.pathname = `${base}/${path}`;
  }
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url;
}

/** Returns the whole body, which must not be longer than `most`. */
async function bodyOf(response: Response, most: number): Promise<Buffer<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > most) throw new Error('The response is longer than it may be.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const isTemporary = (status: number) => status >= 500 || status === 429 || status === 408;

/** Returns the error for a response. */
function rejection(config: S3Config, { method }: S3Request, { status, body }: S3Response): S3Error {
  const code = textOf(body.toString(), 'Code') ?? '';
  const known = /^[A-Za-z]{3,30}$/.test(code) ? code : `Http${status}`;
  const place = `the bucket ${config.bucket} at ${new URL(config.endpoint).host}`;
  const hints: Record<string, string> = {
    NoSuchBucket: 'Create it, or correct S3_BUCKET.',
    InvalidAccessKeyId: 'Correct S3_ACCESS_KEY_ID.',
    SignatureDoesNotMatch: 'Correct S3_SECRET_ACCESS_KEY.',
    AccessDenied: 'Give the key the right to list, read, write and delete in it.',
    PermanentRedirect: 'Correct S3_REGION.',
    AuthorizationHeaderMalformed: 'Correct S3_REGION.',
    RequestTimeTooSkewed: 'Set the clock of this server.',
  };
  const hint = hints[known] ?? 'The documentation of the S3 server explains this code.';
  return new S3Error(
    `${method} was rejected by ${place}: ${status} ${known}. ${hint}`,
    known.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase(),
  );
}

async function attempt(
  config: S3Config,
  request: S3Request,
  signal: AbortSignal,
  most: number,
): Promise<S3Response> {
  const { method, body, headers: given = {} } = request;
  const { region, accessKeyId, secretAccessKey } = config;
  const { url, headers } = await new AwsV4Signer({
    method,
    url: urlOf(config, request).href,
    headers: { ...given, 'x-amz-content-sha256': sha256(body ?? '') },
    accessKeyId,
    secretAccessKey,
    service: 's3',
    region,
  }).sign();
  const response = await fetch(url, { method, headers, body: body ?? null, redirect: 'manual', signal });
  return { status: response.status, headers: response.headers, body: await bodyOf(response, most) };
}

/**
 * Sends a request to an S3 server, again if that fails for a reason that may pass.
 * @param most the longest body of the response, in bytes.
 * @throws {S3Error} if it does not succeed within its time limit, or is rejected.
 */
export async function send(config: S3Config, request: S3Request, most = MAX_TEXT_BYTES): Promise<S3Response> {
  const { limitMs, accepts = [], signal: ended } = request;
  const late = AbortSignal.timeout(limitMs);
  const signal = ended ? AbortSignal.any([ended, late]) : late;
  const place = new URL(config.endpoint).host;
  for (let count = 1; ; count++) {
    let response: S3Response | undefined;
    let cause: unknown;
    try {
      response = await attempt(config, request, signal, most);
    } catch (error) {
      cause = error;
    }
    ended?.throwIfAborted();
    // S3 can end a response to a POST with an error, because it sends the status before it has done the work.
    const isError =
      request.method === 'POST' &&
      response?.status === 200 &&
      response.body.toString('latin1', 0, 200).includes('<Error>');
    // A bucket that does not exist is a mistake, and not a missing object.
    const isAccepted =
      response &&
      accepts.includes(response.status) &&
      textOf(response.body.toString(), 'Code') !== 'NoSuchBucket';
    if (response && !isError && (response.status < 300 || isAccepted)) return response;
    if (late.aborted) {
      throw new S3Error(
        `The S3 server ${place} has not responded within ${limitMs / 1000} s. Check the network, its state, and S3_ENDPOINT.`,
        'TIMEOUT',
        { cause },
      );
    }
    const isFinal = count === ATTEMPTS || (response && !isError && !isTemporary(response.status));
    if (response && isFinal) throw rejection(config, request, response);
    if (isFinal) {
      const message = `The S3 server ${place} cannot be reached. Check the network, its state, and S3_ENDPOINT.`;
      throw new S3Error(message, 'UNREACHABLE', { cause });
    }
    await pause(PAUSE_MS * 4 ** (count - 1), undefined, { signal }).catch(() => undefined);
  }
}
