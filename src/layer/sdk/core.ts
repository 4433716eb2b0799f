import { ConnectionError, SdkError, UnexpectedResponseError } from './error.ts';
import { asText, formOf, type Operation, queryOf } from './input.ts';
import type { CallOptions, SdkOptions } from './options.ts';
import { Pages } from './pages.ts';
import { type ErrorCatalog, errorOf, fieldsOf, parse, problemError, unexpected } from './problem.ts';
import { eventsIn } from './sse.ts';
import { type Limit, limit, pause, pauseBefore } from './time.ts';

/** An event of a stream. */
export interface ServerEvent<T> {
  /** The id to send as `Last-Event-ID` after a reconnect, or `''` if the event has none. */
  id: string;
  data: T;
}

/** The data of a stream's events as the OpenAPI document describes them, without the events that end the stream. */
export type EventData<T> = T extends { event?: 'message'; data: infer D } ? D : never;

/** The properties of an API that its client needs. */
export interface ApiInfo {
  /** The path of the API below the server's URL, such as `/api/v1`. */
  path: string;
  /** The prefix of API keys; `''` if they may have any form. */
  keyPrefix: string;
  errors: ErrorCatalog;
}

/** Calls the server. The methods of all resources use it. */
export class Core {
  readonly #options: SdkOptions;
  readonly #server: string;
  readonly #root: string;
  readonly #errors: ErrorCatalog;

  /** @throws {TypeError} if there is no `baseUrl` outside a page, or if it or `apiKey` has the wrong format. */
  constructor(options: SdkOptions, { path, keyPrefix, errors }: ApiInfo) {
    this.#options = options;
    const base = options.baseUrl ?? ('location' in globalThis ? globalThis.location.origin : '');
    if (!/^https?:\/\//.test(base)) {
      throw new TypeError('baseUrl must be the URL of a server, such as https://app.example.com.');
    }
    const { apiKey } = options;
    if (
      apiKey !== undefined &&
      !(apiKey.startsWith(keyPrefix) && /^[\x21-\x7e]+$/.test(apiKey.slice(keyPrefix.length)))
    ) {
      const form = keyPrefix && ` ("${keyPrefix}" and letters)`;
      throw new TypeError(`apiKey must be an API key${form}, as the server created it.`);
    }
    this.#server = base.replace(/\/+$/, '');
    this.#root = this.#server + path;
    this.#errors = errors;
  }

  /**
   * Sends a request and returns the parsed response body, or undefined if it is empty.
   * @throws {SdkError} an instance of the class for its code.
   */
  async call<T>(operation: Operation, options: CallOptions = {}): Promise<T> {
    const key = options.idempotencyKey ?? randomKey();
    for (let attempt = 0; ; attempt++) {
      const time = this.#limit(options);
      try {
        const response = await this.#send(operation, key, options, time);
        const text = await this.#guarded(() => response.text(), time);
        const value = parse(text);
        if (value === undefined && text !== '') throw unexpected(response, text);
        // The server validates its responses against the document that the type is generated from.
        return value as T;
      } catch (error) {
        await this.#wait(error, attempt, options);
      } finally {
        time.clear();
      }
    }
  }

  /** Returns a paginated list. It sends no request until the list is awaited or iterated. */
  pages<T>(operation: Operation, options?: CallOptions): Pages<T> {
    return new Pages((cursor) => {
      const input = { ...operation.input, ...(cursor !== undefined && { cursor }) };
      return this.call({ ...operation, input }, options);
    });
  }

  /**
   * Yields each event of a stream once. If the connection drops, it reconnects and continues after the last event.
   * @throws {SdkError} an instance of the class for its code, also if the stream ends with an error.
   */
  async *events<T>(
    operation: Operation,
    options: CallOptions = {},
  ): AsyncGenerator<ServerEvent<T>, void, void> {
    const { idleTimeoutMs = 30_000 } = this.#options;
    const headers: Record<string, string> = { accept: 'text/event-stream' };
    let failures = 0;
    for (;;) {
      const time = this.#limit(options);
      let problem: SdkError | undefined;
      try {
        const own = { ...options, headers: { ...options.headers, ...headers } };
        const { body } = await this.#send(operation, '', own, time);
        for await (const { id, event, data } of eventsIn(this.#chunksOf(body, time, idleTimeoutMs))) {
          if (event === 'done') return;
          if (event === 'error') {
            problem = problemError(fieldsOf(parse(data)), this.#errors);
            break;
          }
          failures = 0;
          if (id) headers['last-event-id'] = id;
          yield { id, data: JSON.parse(data) as T };
        }
        if (!problem) throw new ConnectionError(new Error('the stream ended early'), this.#server);
      } catch (error) {
        await this.#wait(error, failures++, options);
      } finally {
        time.abort();
        time.clear();
      }
      if (problem) throw problem;
    }
  }

  #limit({ timeoutMs = this.#options.timeoutMs ?? 30_000, signal }: CallOptions): Limit {
    signal?.throwIfAborted();
    return limit(timeoutMs, signal);
  }

  /** Sends one attempt. @throws {SdkError} if the attempt fails, or the reason of an aborted signal. */
  async #send(operation: Operation, key: string, options: CallOptions, time: Limit): Promise<Response> {
    const { onRequest, onResponse, fetch: send = (request: Request) => fetch(request) } = this.#options;
    const created = this.#requestOf(operation, key, options, time.signal);
    const request = (await onRequest?.(created)) ?? created;
    const response = await this.#guarded(() => send(request), time);
    await onResponse?.(response, request);
    if (!response.ok) throw await this.#guarded(() => errorOf(response, this.#errors), time);
    return response;
  }

  #requestOf(operation: Operation, key: string, options: CallOptions, signal: AbortSignal): Request {
    const { method, input = {}, query, headers: headerNames = [], form, named } = operation;
    const takesBody = method !== 'GET' && method !== 'DELETE';
    const fields = Object.entries(input).filter(([name]) => !headerNames.includes(name));
    const inQuery = (name: string) => (takesBody ? query?.includes(name) : true);
    const url = this.#root + operation.path + queryOf(fields.filter(([name]) => inQuery(name)));

    const headers = new Headers({ accept: 'application/json' });
    if (this.#options.apiKey !== undefined) headers.set('authorization', `Bearer ${this.#options.apiKey}`);
    if (method !== 'GET') headers.set('idempotency-key', key);
    for (const [name, value] of Object.entries(input)) {
      if (headerNames.includes(name) && value !== undefined) headers.set(name, asText(value));
    }
    for (const more of [this.#options.headers, options.headers]) {
      for (const [name, value] of Object.entries(more ?? {})) headers.set(name, value);
    }
    const init: RequestInit = { method, headers, signal };
    if (takesBody) {
      const body = fields.filter(([name]) => !inQuery(name));
      if (form) init.body = formOf(body);
      else {
        headers.set('content-type', 'application/json');
        init.body = JSON.stringify({ ...(named && { clientRequestId: key }), ...defined(body) });
      }
    }
    return new Request(url, init);
  }

  /** Waits before the next attempt. @throws the error if there should be no further attempt. */
  async #wait(
    error: unknown,
    attempt: number,
    { signal, maxRetries = this.#options.maxRetries ?? 5 }: CallOptions,
  ) {
    const mayRetry = error instanceof SdkError && isTransient(error) && attempt < maxRetries;
    const ms = mayRetry ? pauseBefore(attempt, error.retryAfter) : undefined;
    if (ms === undefined || signal?.aborted) throw error;
    await pause(ms, signal);
  }

  /** Runs a network step. @throws the reason of the caller's signal, a RequestTimeoutError or a ConnectionError. */
  async #guarded<T>(step: () => Promise<T>, { signal }: Limit): Promise<T> {
    try {
      return await step();
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw error instanceof SdkError ? error : new ConnectionError(error, this.#server);
    }
  }

  /** Yields the chunks of a body. Limits the wait for each chunk, but not the time that the caller takes for it. */
  async *#chunksOf(
    body: ReadableStream<Uint8Array> | null,
    time: Limit,
    idleTimeoutMs: number,
  ): AsyncGenerator<Uint8Array, void, void> {
    const reader = body?.getReader();
    if (!reader) return;
    for (;;) {
      time.restart(idleTimeoutMs);
      const { done, value } = await this.#guarded(() => reader.read(), time);
      time.stop();
      if (done) return;
      yield value;
    }
  }
}

/** True for network errors, 429, 503, and responses of a gateway that cannot reach the server. */
function isTransient(error: SdkError): boolean {
  return (
    error.retryable &&
    ([0, 429, 503].includes(error.status) ||
      error instanceof UnexpectedResponseError ||
      error.code === 'IDEMPOTENCY_KEY_IN_USE')
  );
}

const defined = (fields: [string, unknown][]) =>
  Object.fromEntries(fields.filter(([, value]) => value !== undefined));

/** Returns 128 random bits. `crypto.randomUUID` is not available on pages without TLS. */
function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
