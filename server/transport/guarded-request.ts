import type { LookupAddress } from 'node:dns';
import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { TLSSocket } from 'node:tls';
import { GuardedFetchError, type GuardedFetchReason } from './guarded-fetch-error.ts';

/** A request whose host was checked. */
export interface CheckedRequest {
  url: URL;
  method: string;
  headers: Headers;
  body: Uint8Array | undefined;
  /** The only addresses that may be connected to. */
  addresses: readonly LookupAddress[];
  ca: string | undefined;
  maxHeaderBytes: number;
  maxBodyBytes: number;
  /** Ends the request, or its response, with the reason of the signal. */
  signal: AbortSignal;
}

/** Responses before the final one, such as 103 Early Hints. Their headers count separately, so their number is limited. */
const MAX_INFORMATIONAL = 8;
const REDIRECTS: ReadonlySet<number | undefined> = new Set([300, 301, 302, 303, 305, 307, 308]);
const WITHOUT_BODY: ReadonlySet<number | undefined> = new Set([204, 205, 304]);
/** Headers of the connection, which `node:http` sets, and cookies. */
const OWN_HEADERS = [
  ...['accept-encoding', 'connection', 'content-length', 'cookie', 'expect', 'host', 'keep-alive'],
  ...['proxy-authorization', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade'],
];

/**
 * Sends a request on a connection of its own.
 * @returns the response, and a promise that resolves when the connection is closed.
 */
export function sendRequest(checked: CheckedRequest): { response: Promise<Response>; closed: Promise<void> } {
  const { url, signal } = checked;
  const request = openRequest(checked);
  const failure = (error: unknown): unknown => {
    if (signal.aborted) return signal.reason;
    if (error instanceof GuardedFetchError) return error;
    return new GuardedFetchError(reasonOf(error, request), url.host, { cause: error });
  };
  const fail = (reason: GuardedFetchReason, options?: ErrorOptions) =>
    request.destroy(new GuardedFetchError(reason, url.host, options));

  const closed = new Promise<void>((resolve) => request.once('close', resolve));
  const { promise: response, resolve, reject } = Promise.withResolvers<Response>();
  request.on('error', (error) => reject(failure(error)));
  // Node.js closes the connection without an error if the server switches to another protocol.
  request.once('close', () => reject(failure(undefined)));
  let informational = 0;
  request.on('information', () => {
    informational += 1;
    if (informational > MAX_INFORMATIONAL) fail('invalid-response');
  });
  request.once('response', (incoming) => {
    const reason = rejectionOf(incoming, checked);
    if (reason) {
      fail(reason);
      return;
    }
    try {
      resolve(toResponse(incoming, checked, failure));
    } catch (cause) {
      // A status or a header that the Fetch API does not allow.
      fail('invalid-response', { cause });
    }
  });
  request.end(checked.body);
  return { response, closed };
}

function openRequest({
  url,
  method,
  headers,
  addresses,
  ca,
  maxHeaderBytes,
  signal,
}: CheckedRequest): ClientRequest {
  const sent = new Headers(headers);
  for (const name of OWN_HEADERS) sent.delete(name);
  const hostname = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const options = {
    // No pool: a connection of it would outlive the check of its address. It is also never a proxy's.
    agent: false,
    method,
    hostname,
    port: url.port,
    path: url.pathname + url.search,
    headers: { ...Object.fromEntries(sent), host: url.host, 'accept-encoding': 'identity' },
    maxHeaderSize: maxHeaderBytes,
    lookup: pin(addresses),
    signal,
  };
  if (url.protocol === 'http:') return http.request(options);
  return https.request({
    ...options,
    // An IP address is no name for SNI, and a name has no final dot there.
    servername: isIP(hostname) === 0 ? hostname.replace(/\.$/, '') : '',
    // NODE_TLS_REJECT_UNAUTHORIZED must not matter here.
    rejectUnauthorized: true,
    ...(ca === undefined ? {} : { ca }),
  });
}

/** Returns a lookup that answers with the checked addresses, so that no second query decides where to connect. */
function pin(addresses: readonly LookupAddress[]): LookupFunction {
  const [first = { address: '', family: 4 }] = addresses;
  return (_hostname, { all }, callback) => {
    if (all === true) callback(null, [...addresses]);
    else callback(null, first.address, first.family);
  };
}

function rejectionOf(
  { statusCode, headers }: IncomingMessage,
  { method, maxBodyBytes }: CheckedRequest,
): GuardedFetchReason | undefined {
  if (REDIRECTS.has(statusCode)) return 'redirect';
  if (method === 'HEAD' || WITHOUT_BODY.has(statusCode)) return undefined;
  if (!/^(identity)?$/i.test(headers['content-encoding'] ?? '')) return 'encoding';
  return Number(headers['content-length'] ?? 0) > maxBodyBytes ? 'body-too-large' : undefined;
}

function reasonOf(error: unknown, { socket }: ClientRequest): GuardedFetchReason {
  const code = typeof error === 'object' && error && 'code' in error ? String(error.code) : '';
  if (code === 'HPE_HEADER_OVERFLOW') return 'headers-too-large';
  if (code.startsWith('HPE_')) return 'invalid-response';
  // Its type says Error, but it is null or undefined without a failure.
  return socket instanceof TLSSocket && Boolean(socket.authorizationError) ? 'certificate' : 'connection';
}

function toResponse(
  incoming: IncomingMessage,
  { method, url, maxBodyBytes }: CheckedRequest,
  failure: (error: unknown) => unknown,
): Response {
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(incoming.headersDistinct)) {
    if (name !== 'set-cookie') for (const value of values) headers.append(name, value);
  }
  const init = { status: incoming.statusCode ?? 0, statusText: incoming.statusMessage ?? '', headers };
  if (method !== 'HEAD' && !WITHOUT_BODY.has(incoming.statusCode)) {
    return new Response(limitBody(incoming, url.host, maxBodyBytes, failure), init);
  }
  incoming.resume();
  return new Response(null, init);
}

/** Returns the body, which fails as soon as it exceeds `limit`. */
function limitBody(
  incoming: IncomingMessage,
  host: string,
  limit: number,
  failure: (error: unknown) => unknown,
): ReadableStream<Uint8Array> {
  let bytes = 0;
  // Node.js may still emit events after a cancellation, and a closed controller would throw.
  let isOpen = true;
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        incoming.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > limit) incoming.destroy(new GuardedFetchError('body-too-large', host));
          else if (isOpen) {
            controller.enqueue(new Uint8Array(chunk));
            if ((controller.desiredSize ?? 0) <= 0) incoming.pause();
          }
        });
        incoming.once('end', () => {
          if (isOpen) controller.close();
        });
        incoming.once('error', (error) => {
          isOpen = false;
          controller.error(failure(error));
        });
      },
      pull: () => void incoming.resume(),
      cancel() {
        isOpen = false;
        incoming.destroy();
      },
    },
    // Node.js reads ahead, so this need not.
    { highWaterMark: 0 },
  );
}
