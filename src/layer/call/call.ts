import type { ApiResponse } from './response.ts';

/**
 * A request on its way to a surface: guards have passed, and its body is unread. What the layer knows of a call stands here;
 * it reads nothing from `ctx` and adds nothing to it.
 */
export interface Call<C extends object = object> {
  request: Request;
  url: URL;
  /** The id of the request: from `X-Request-Id`, or made by the server. */
  id: string;
  /** Aborted when the caller disconnects or the call outlives its time limit. */
  signal: AbortSignal;
  /** Headers that the response gets on every surface. */
  responseHeaders: Headers;
  /**
   * Aborted, with an error as its reason, when the caller loses the right to read a stream of the call while it is open. It
   * ends the source of the stream. The response stays open, so that its reader gets the error.
   */
  revoked?: AbortSignal;
  /** What procedures get as their context. */
  ctx: C;
}

/** Serves the calls below a path; throws an ApiError for everything that is not a success. */
export type Surface<C extends object = object> = (call: Call<C>) => Promise<ApiResponse>;

/**
 * Returns the signal for the source of a stream: it is aborted with `signal`, and when the caller loses the right to read.
 * @param revoked of the call, if it has one.
 */
export function untilRevoked(signal: AbortSignal, revoked: AbortSignal | undefined): AbortSignal {
  return revoked ? AbortSignal.any([signal, revoked]) : signal;
}
