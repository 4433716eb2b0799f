import { ConnectionError, SwitchboardError, UnexpectedResponseError } from './error.ts';
import { asText, formOf, type Operation, queryOf } from './input.ts';
import type { CallOptions, SwitchboardOptions } from './options.ts';
import { Pages } from './pages.ts';
import { errorOf, fieldsOf, parse, problemError, unexpected } from './problem.ts';
import { eventsIn } from './sse.ts';
import { type Limit, limit, pause, pauseBefore } from './time.ts';

/** An event of a stream. */
export interface ServerEvent<T> {
  /** What a reader that comes back names as the last it saw; `''` when there is none. */
  id: string;
  data: T;
}

/** The data of a stream's events, as a document describes them; those that end it are the client's own business. */
export type EventData<T> = T extends { event?: 'message'; data: infer D } ? D : never;

/** Calls the server. The methods of all resources use it. */
export class Core {
  readonly #options: SwitchboardOptions;
  readonly #server: string;
  readonly #root: string;

  /** @param path where the API lives below the server's address, such as `/api/v1`. */
  constructor(options: SwitchboardOptions, path: string) {
    this.#options = options;
    const base = options.baseUrl ?? ('location' in globalThis ? globalThis.location.origin : '');
    if (!/^https?:\/\//.test(base)) {
      throw new TypeError('baseUrl must be the address of a server, such as https://app.example.com.');
    }
    const { apiKey } = options;
    if (apiKey !== undefined && !/^sb_[\w-]+$/.test(apiKey)) {
      throw new TypeError(
        'apiKey must be an API key, "sb_" and letters: create one in the settings of the server.',
      );
    }
    this.#server = base.replace(/\/+$/, '');
    this.#root = this.#server + path;
  }

  /**
   * The answer to a call; undefined where it has no body.
   * @throws {SwitchboardError} of the class of its code.
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
        // What the type promises the document does; a client does not check the server's answers again.
        return value as T;
      } catch (error) {
        await this.#wait(error, attempt, options);
      } finally {
        time.clear();
      }
    }
  }

  /** The pages of a list. */
  pages<T>(operation: Operation, options?: CallOptions): Pages<T> {
    return new Pages((cursor) => {
      const input = { ...operation.input, ...(cursor !== undefined && { cursor }) };
      return this.call({ ...operation, input }, options);
    });
  }

  /**
   * The events of a stream, each once: a cut connection is taken up again after the last event that came.
   * @throws {SwitchboardError} of the class of its code, also when the stream ends with an error.
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
      let problem: SwitchboardError | undefined;
      try {
        const own = { ...options, headers: { ...options.headers, ...headers } };
        const { body } = await this.#send(operation, '', own, time);
        for await (const { id, event, data } of eventsIn(this.#piecesOf(body, time, idleTimeoutMs))) {
          if (event === 'done') return;
          if (event === 'error') {
            problem = problemError(fieldsOf(parse(data)));
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

  /** One attempt of a call. @throws what went wrong. */
  async #send(operation: Operation, key: string, options: CallOptions, time: Limit): Promise<Response> {
    const { onRequest, onResponse, fetch: send = (request: Request) => fetch(request) } = this.#options;
    const made = this.#requestOf(operation, key, options, time.signal);
    const request = (await onRequest?.(made)) ?? made;
    const response = await this.#guarded(() => send(request), time);
    await onResponse?.(response, request);
    if (!response.ok) throw await this.#guarded(() => errorOf(response), time);
    return response;
  }

  #requestOf(operation: Operation, key: string, options: CallOptions, signal: AbortSignal): Request {
    const { method, input = {}, query, headers: headerNames = [], form, named } = operation;
    const takesBody = method !== 'GET' && method !== 'DELETE';
    const fields = Object.entries(input).filter(([name]) => !headerNames.includes(name));
    const inQuery = (name: string) => (takesBody ? query?.includes(name) : true);
    const address = this.#root + operation.path + queryOf(fields.filter(([name]) => inQuery(name)));

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
    return new Request(address, init);
  }

  /** Waits before the next attempt. @throws the error, when there should be none. */
  async #wait(
    error: unknown,
    attempt: number,
    { signal, maxRetries = this.#options.maxRetries ?? 5 }: CallOptions,
  ) {
    const may = error instanceof SwitchboardError && isTransient(error) && attempt < maxRetries;
    const ms = may ? pauseBefore(attempt, error.retryAfter) : undefined;
    if (ms === undefined || signal?.aborted) throw error;
    await pause(ms, signal);
  }

  /** Does a step over the network, and says what has failed: the caller's signal, the time, or the connection. */
  async #guarded<T>(step: () => Promise<T>, { signal }: Limit): Promise<T> {
    try {
      return await step();
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw error instanceof SwitchboardError ? error : new ConnectionError(error, this.#server);
    }
  }

  /** The pieces of a body as they come. Only the wait for the next one is limited, not what is done with it. */
  async *#piecesOf(
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

/** Network errors, 429 and 503, and what a gateway says that finds nobody. */
function isTransient(error: SwitchboardError): boolean {
  return (
    error.retryable &&
    ([0, 429, 503].includes(error.status) ||
      error instanceof UnexpectedResponseError ||
      error.code === 'IDEMPOTENCY_KEY_IN_USE')
  );
}

const defined = (fields: [string, unknown][]) =>
  Object.fromEntries(fields.filter(([, value]) => value !== undefined));

/** 128 random bits; `crypto.randomUUID` is missing on pages without TLS. */
function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
