import { type AnyTRPCRouter, TRPCError } from '@trpc/server';
import { runtime } from '#runtime';
import type { Call } from '../call/call.ts';
import { all, andThen, type Eventual, rescue } from '../call/eventual.ts';
import { HeaderList } from '../call/header-list.ts';
import type { Report } from '../call/report.ts';
import type { ApiResponse, BufferedResponse } from '../call/response.ts';
import { CoreError } from '../errors/api-error.ts';
import { textStream } from '../stream/stream.ts';
import { errorShape, type Failed, statusOfTrpc, toTrpcError } from '../trpc/error.ts';
import { MAX_BATCH_BYTES } from '../limits.ts';
import { type Inputs, isObject } from './inputs.ts';
import { type CallResult, hasLater, type LineCall, Lines } from './lines.ts';
import type { RpcPath } from './path.ts';
import { addMetaHeaders, type ResponseData, type ResponseMeta } from './response-meta.ts';
import { type Accepts, type Called, findTargets, type Target, type Targets } from './targets.ts';
import type { Wire } from './wire.ts';

/** The part of a response that belongs to one call. */
interface Part {
  text: string;
  status: number;
  /** The part before it is encoded, for `responseMeta`. */
  data: ResponseData;
  error?: TRPCError;
}

/** A request with what its procedures need. */
interface Request<C extends object> {
  inputs: Inputs;
  call: Call<C>;
  ctx: C;
}

/** Serves a request. Returns `null` for a request that tRPC's adapter must serve. */
export type Dispatch<C extends object> = (
  call: Call<C>,
  path: RpcPath,
  inputs: Inputs,
) => Eventual<ApiResponse> | null;

/** The options of the dispatch. */
export interface DispatchOptions<C extends object> {
  accepts: Accepts;
  responseMeta: ResponseMeta<C> | undefined;
  /** Called with every error. */
  report: Report<C>;
}

/** Returns the status in the shape of an error, which a formatter may set. */
const statusIn = (shape: unknown): number | undefined => {
  const data = isObject(shape) && 'data' in shape ? shape.data : undefined;
  const status = isObject(data) && 'httpStatus' in data ? data.httpStatus : undefined;
  return typeof status === 'number' ? status : undefined;
};

/**
 * Compiles the common part of tRPC's protocol: queries by GET and mutations by POST, one or several, with JSON
 * responses. A path is one lookup in a map, and outputs are encoded by their schemas. The responses are byte for byte
 * those of tRPC's own fetchRequestHandler, which serves subscriptions and most rejections.
 * @param targets the procedures of the router.
 */
export function compileDispatch<C extends object>(
  router: AnyTRPCRouter,
  wire: Wire,
  targets: Pick<Targets, 'get'>,
  { accepts, responseMeta, report }: DispatchOptions<C>,
): Dispatch<C> {
  const { pingMs } = router._def._config.jsonl ?? {};
  const heartbeat = pingMs === undefined ? undefined : { afterMs: pingMs, text: ' ' };

  function failure(error: TRPCError, failed: Failed, ctx: C): Part {
    const shape = errorShape(router, error, failed, ctx);
    const text = `{"error":${wire.write(shape)}}`;
    return { text, status: statusOf(shape, error), data: { error: shape }, error };
  }

  /** Calls a procedure, and reports its error. */
  function perform(target: Target, index: number, { inputs, call, ctx }: Request<C>): Eventual<CallResult> {
    const { path, type, invoke, read, adapt } = target;
    const readInput = () => adapt(inputs.read(index, read), inputs.isAbsent(index));
    return rescue<CallResult>(
      () =>
        andThen(invoke({ ctx, path, type, readInput, signal: call.signal, batchIndex: index }), (output) => ({
          output,
        })),
      (thrown) => {
        const error = toTrpcError(thrown);
        report(error, call, failedPart(target, index, inputs));
        return { error };
      },
    );
  }

  /**
   * Returns the part of a call in a response that is not streamed.
   * @param fits true if a text still fits into the response. A part that does not fit is an error of this call alone.
   * @throws {TRPCError} for an output of a single call that must be streamed.
   */
  function partOf(
    result: CallResult,
    target: Target,
    { index, isBatch, fits }: { index: number; isBatch: boolean; fits: (text: string) => boolean },
    { inputs, call, ctx }: Request<C>,
  ): Part {
    const failed = () => failedPart(target, index, inputs);
    if ('error' in result) return failure(result.error, failed(), ctx);
    const { output } = result;
    if (hasLater(output)) {
      if (isBatch) return failure(needsStream(), failed(), ctx);
      throw needsStream();
    }
    const data = target.encode(output);
    const text = data === undefined ? '{"result":{}}' : `{"result":{"data":${data}}}`;
    if (fits(text)) return { text, status: 200, data: { result: { data: output } } };
    const error = tooLarge();
    report(error, call, failed());
    return failure(error, failed(), ctx);
  }

  /** Returns a response that is not streamed. */
  function whole(
    results: CallResult[],
    { targets, isBatch, type }: Called,
    request: Request<C>,
  ): BufferedResponse {
    const { call, ctx } = request;
    try {
      const fits = isBatch ? byteBudget(MAX_BATCH_BYTES) : () => true;
      const parts = targets.flatMap((target, index) => {
        const result = results[index];
        return result ? [partOf(result, target, { index, isBatch, fits }, request)] : [];
      });
      const text = parts.map((part) => part.text).join(',');
      return respond(isBatch ? `[${text}]` : text, parts, call);
    } catch (thrown) {
      const error = toTrpcError(thrown);
      report(error, call, { type });
      const part = failure(error, { type }, ctx);
      return respond(part.text, [part], call);
    }
  }

  /**
   * Returns a streamed batch. If all results are known within a turn of the event loop, the response is complete, which
   * costs less than a stream.
   */
  function streamed(
    results: Eventual<CallResult>[],
    { targets }: Called,
    { inputs, call, ctx }: Request<C>,
  ): Eventual<ApiResponse> {
    const calls = targets.flatMap((target, index): LineCall[] => {
      const result = results[index];
      const failed = () => failedPart(target, index, inputs);
      const shapeOf = (error: TRPCError) => errorShape(router, error, failed(), ctx);
      const fail = (thrown: unknown) => {
        const error = toTrpcError(thrown);
        report(error, call, failed());
        return shapeOf(error);
      };
      return result ? [{ result, writeOutput: target.encodeLine, shapeOf, fail }] : [];
    });
    const lines = new Lines(calls, wire, () => call.revocation.signal);
    const start = (): ApiResponse => {
      const { status, headers } = headOf(call, { parts: [], status: 200, eagerGeneration: true });
      if (lines.isComplete) return { status, headers, body: lines.text };
      headers.setValid('transfer-encoding', 'chunked');
      const body = textStream(lines, {
        encode: (text) => text,
        signal: call.signal,
        whenAborted: 'break',
        ...(heartbeat && { heartbeat }),
      });
      return new Response(body, { status, headers: [...headers] });
    };
    return rescue(
      () => (lines.isComplete ? start() : nextTurn().then(start)),
      (error) => {
        lines.end();
        throw error;
      },
    );
  }

  function serve(called: Called, inputs: Inputs, call: Call<C>): Eventual<ApiResponse> {
    return andThen(call.context(), (ctx) => {
      const request = { inputs, call, ctx };
      const results = called.targets.map((target, index) => perform(target, index, request));
      return called.isStreamed
        ? streamed(results, called, request)
        : andThen(all(results), (known) => whole(known, called, request));
    });
  }

  function respond(body: string, parts: Part[], call: Call<C>): BufferedResponse {
    const [first = 200, ...others] = new Set(parts.map((part) => part.status));
    const status = others.length > 0 ? MULTI_STATUS : first;
    return { ...headOf(call, { parts, status, eagerGeneration: false }), body };
  }

  /** Returns the status and the headers of a response. */
  function headOf(
    call: Call<C>,
    { parts, status, eagerGeneration }: { parts: Part[]; status: number; eagerGeneration: boolean },
  ): { status: number; headers: HeaderList } {
    let sent = status;
    if (responseMeta) {
      const { info, createdContext: ctx } = call;
      const meta = responseMeta({
        ...(ctx && { ctx }),
        info,
        // eslint-disable-next-line @typescript-eslint/no-deprecated -- tRPC 11 passes it, and applications still read it.
        paths: info.calls.map(({ path }) => path),
        type: info.type,
        data: parts.map(({ data }) => data),
        errors: parts.flatMap(({ error }) => error ?? []),
        eagerGeneration,
      });
      addMetaHeaders(call.responseHeaders, meta.headers);
      sent = meta.status ?? status;
    }
    // As tRPC sets them.
    const headers = HeaderList.of(['vary', 'trpc-accept, accept', 'content-type', 'application/json']);
    headers.appendAll(call.responseHeaders);
    return { status: sent, headers };
  }

  return (call, path, inputs) => {
    const called = findTargets(targets, path, call, accepts);
    return called && serve(called, inputs, call);
  };
}

/** Describes a failed call. Its input is known once it has been read. */
const failedPart = ({ type, path }: Target, index: number, inputs: Inputs): Failed => ({
  type,
  path,
  input: inputs.known(index),
});

/** Returns the status of an error: as tRPC's adapters do, from its shape, if that has one. */
const statusOf = (shape: unknown, error: TRPCError) => statusIn(shape) ?? statusOfTrpc(error);

/** The status of a batch whose calls have different statuses (RFC 4918, section 11.1). */
const MULTI_STATUS = 207;

/** Waits for a turn of the event loop. */
const nextTurn = () => new Promise<void>((resolve) => runtime.defer(resolve));

/** Returns a function that is true for a text that still fits into `bytes`. A text that does not fit uses no space. */
function byteBudget(bytes: number): (text: string) => boolean {
  let left = bytes;
  return (text) => {
    const size = runtime.byteLength(text);
    if (size > left) return false;
    left -= size;
    return true;
  };
}

const tooLarge = () =>
  new CoreError('PAYLOAD_TOO_LARGE', {
    detail: `The results of a batch must not exceed ${MAX_BATCH_BYTES} bytes in total. Send this call separately.`,
  });

const needsStream = () =>
  new TRPCError({
    code: 'UNSUPPORTED_MEDIA_TYPE',
    message: 'Cannot use stream-like response in non-streaming request - use httpBatchStreamLink',
  });
