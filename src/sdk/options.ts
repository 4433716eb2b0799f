/** How a client calls the server. */
export interface SwitchboardOptions {
  /** An API key, `sb_…`. Without one a browser's session cookie says who is calling. */
  apiKey?: string;
  /** The server's address, such as `https://app.example.com`. Default: the origin of the page. */
  baseUrl?: string;
  /** How long to wait for an answer before a call is tried again, in milliseconds. Default: 30,000. */
  timeoutMs?: number;
  /**
   * How long a stream may say nothing before its connection is taken for dead, in milliseconds. Default: 30,000; the
   * server says something every 10,000.
   */
  idleTimeoutMs?: number;
  /** How often a call is tried again after a network error, 429 or 503. Default: 5. */
  maxRetries?: number;
  /** Sent with every call. */
  headers?: Record<string, string>;
  /** Used instead of the global `fetch`. */
  fetch?: (request: Request) => Promise<Response>;
  /** Called before each attempt; may change the request's headers, or give another request. */
  onRequest?: (request: Request) => Request | undefined | void | Promise<Request | undefined | void>;
  /** Called with each answer before it is read; read a `clone()` of it. */
  onResponse?: (response: Response, request: Request) => void | Promise<void>;
}

/** What one call does otherwise than the client. */
export interface CallOptions {
  /** Ends the call; its reason is thrown. */
  signal?: AbortSignal;
  timeoutMs?: number;
  maxRetries?: number;
  headers?: Record<string, string>;
  /**
   * What makes a replay of the call known as one: all attempts of a call send the same. Default: a random one. Give
   * your own to go on with a call after a restart of your program.
   */
  idempotencyKey?: string;
}
