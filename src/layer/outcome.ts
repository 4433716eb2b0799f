import type { TRPCError } from '@trpc/server';
import type { Call } from './call/call.ts';
import { type ApiResponse, sizeOf } from './call/response.ts';
import type { Failed } from './trpc/error.ts';

/*
 * These are classes, because an object with getters has a shape of its own each time, which costs more than most calls.
 */

/** The result of a call, for logs and metrics. Values that cost something are computed when they are read. */
export class Outcome<C extends object, Platform> {
  readonly call: Call<C, Platform>;
  /** The surface: `rpc`, `rest` or `openapi`; the name or path of another mount; `null` for a path without a mount. */
  readonly surface: string | null;
  /** The code of the first error, such as `NOT_FOUND`; `null` if no call of the request has failed yet. */
  readonly code: string | null;
  /** The time until the start of the response, in milliseconds. */
  readonly ms: number;
  readonly #response: ApiResponse;

  constructor(
    call: Call<C, Platform>,
    response: ApiResponse,
    { surface, code, ms }: { surface: string | null; code: string | null; ms: number },
  ) {
    this.call = call;
    this.#response = response;
    this.surface = surface;
    this.code = code;
    this.ms = ms;
  }

  /** The HTTP status of the response. */
  get status(): number {
    return this.#response.status;
  }

  /** The paths of the called procedures, such as `things.get`; several only in a batch. */
  get procedures(): readonly string[] {
    return this.call.info.calls.map(({ path }) => path);
  }

  /** The size of the body, in bytes; `null` for a stream. */
  get bytes(): number | null {
    return this.#response instanceof Response ? null : sizeOf(this.#response);
  }
}

/** An error of a call: what tRPC passes to `onError`, and the call. */
export class CallError<C extends object, Platform> {
  readonly call: Call<C, Platform>;
  /** The error, with its original cause. `errors.toError` returns the one that callers get. */
  readonly error: TRPCError;
  readonly type: Failed['type'];
  /** The path of the procedure, such as `things.get`; `undefined` if the whole request failed. */
  readonly path: string | undefined;
  /** The input of the procedure, if it has been read. */
  readonly input: unknown;

  constructor(call: Call<C, Platform>, error: TRPCError, { type, path, input }: Failed) {
    this.call = call;
    this.error = error;
    this.type = type;
    this.path = path;
    this.input = input;
  }

  /** The context, if it has been created. */
  get ctx(): C | undefined {
    return this.call.createdContext;
  }

  get req(): Request {
    return this.call.request;
  }
}
