// Written by npm run sdk from src/sdk/openapi.json.

/** The options of a client. */
export interface SwitchboardOptions {
  /** An API key. Without one, the session cookie of the browser authenticates the caller. */
  apiKey?: string;
  /** The URL of the server, such as `https://app.example.com`. Default: the origin of the page. */
  baseUrl?: string;
  /** The time limit of one attempt in milliseconds, after which the call is retried. Default: 30,000. */
  timeoutMs?: number;
  /**
   * Idle timeout in milliseconds: the client reconnects if a stream sends nothing for this long. Default: 30,000. The
   * server sends at least a comment every 10,000.
   */
  idleTimeoutMs?: number;
  /** The number of retries after a network error, 429 or 503. Default: 5. */
  maxRetries?: number;
  /** Headers to send with every call. */
  headers?: Record<string, string>;
  /** The function to use instead of the global `fetch`. */
  fetch?: (request: Request) => Promise<Response>;
  /** Called before each attempt. It may change the headers of the request or return another request. */
  onRequest?: (request: Request) => Request | undefined | void | Promise<Request | undefined | void>;
  /** Called with each response before its body is read. To read the body, use `clone()`. */
  onResponse?: (response: Response, request: Request) => void | Promise<void>;
}

/** The options of one call, which override those of the client. */
export interface CallOptions {
  /** Cancels the call, which then throws the signal's reason. */
  signal?: AbortSignal;
  /** The time limit of one attempt in milliseconds. */
  timeoutMs?: number;
  /** The number of retries after a network error, 429 or 503. */
  maxRetries?: number;
  /** Additional headers. They replace headers of the same name. */
  headers?: Record<string, string>;
  /**
   * The key by which the server recognizes a repeated call. All attempts of a call send the same one. Default: a random
   * key. Pass your own to retry a call after a restart of your program.
   */
  idempotencyKey?: string;
}
