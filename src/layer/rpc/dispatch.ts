import { type AnyTRPCRouter, TRPCError } from '@trpc/server';
import { runtime } from '#runtime';
import type { Call } from '../call/call.ts';
import { all, type Eventual, rescue, then } from '../call/eventual.ts';
import { HeaderList } from '../call/header-list.ts';
import type { Report } from '../call/report.ts';
import type { BufferedResponse } from '../call/response.ts';
import { CoreError } from '../errors/api-error.ts';
import { errorShape, type Failed, statusOfTrpc, toTrpcError } from '../trpc/error.ts';
import { MAX_BATCH_BYTES } from '../limits.ts';
import { type Inputs, isObject } from './inputs.ts';
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

/** Creates the part of a call in the response. @param fits true if its text fits into the response. */
type ToPart = (fits: (text: string) => boolean) => Part;

/** Serves a request. Returns `null` for a request that tRPC's adapter must serve. */
export type Dispatch<C extends object> = (
  call: Call<C>,
  path: RpcPath,
  inputs: Inputs,
) => Eventual<BufferedResponse> | null;

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
 * those of tRPC's own fetchRequestHandler, which serves streams and most rejections.
 * @param targets the procedures of the router.
 */
export function compileDispatch<C extends object>(
  router: AnyTRPCRouter,
  wire: Wire,
  targets: Pick<Targets, 'get'>,
  { accepts, responseMeta, report }: DispatchOptions<C>,
): Dispatch<C> {
  function failure(error: TRPCError, failed: Failed, ctx: C): Part {
    const shape = errorShape(router, error, failed, ctx);
    const text = `{"error":${wire.writeError(shape)}}`;
    return { text, status: statusOf(shape, error), data: { error: shape }, error };
  }

  /**
   * Calls a procedure.
   * @returns a function that creates its part of the response. It throws for an output that must be streamed. An output
   *   that does not fit is an error of this call alone.
   */
  function perform(
    { path, type, invoke, read, adapt, encode }: Target,
    { inputs, index, isBatch }: { inputs: Inputs; index: number; isBatch: boolean },
    { call, ctx }: { call: Call<C>; ctx: C },
  ): Eventual<ToPart> {
    const failed = () => ({ type, path, input: inputs.known(index) });
    const reject = (error: TRPCError) => failure(error, failed(), ctx);
    const readInput = () => adapt(inputs.read(index, read), inputs.isAbsent(index));
    return rescue<ToPart>(
      () =>
        then(
          invoke({ ctx, path, type, readInput, signal: call.signal, batchIndex: index }),
          (output) => (fits) => {
            if (!isStreamed(output)) {
              const data = encode(output);
              const text = data === undefined ? '{"result":{}}' : `{"result":{"data":${data}}}`;
              if (fits(text)) return { text, status: 200, data: { result: { data: output } } };
              const error = tooLarge();
              report(error, call, failed());
              return reject(error);
            }
            if (isBatch) return reject(needsStream());
            throw needsStream();
          },
        ),
      (thrown) => {
        const error = toTrpcError(thrown);
        report(error, call, failed());
        return () => reject(error);
      },
    );
  }

  function serve(
    { targets, isBatch, type }: Called,
    inputs: Inputs,
    call: Call<C>,
  ): Eventual<BufferedResponse> {
    return then(call.context(), (ctx) =>
      then(
        all(targets.map((target, index) => perform(target, { inputs, index, isBatch }, { call, ctx }))),
        (results) => {
          try {
            const fits = isBatch ? byteBudget(MAX_BATCH_BYTES) : () => true;
            const parts = results.map((toPart) => toPart(fits));
            const text = parts.map((part) => part.text).join(',');
            return respond(isBatch ? `[${text}]` : text, parts, call);
          } catch (thrown) {
            const error = toTrpcError(thrown);
            report(error, call, { type });
            const part = failure(error, { type }, ctx);
            return respond(part.text, [part], call);
          }
        },
      ),
    );
  }

  function respond(body: string, parts: Part[], call: Call<C>): BufferedResponse {
    const [first = 200, ...others] = new Set(parts.map((part) => part.status));
    let status = others.length > 0 ? MULTI_STATUS : first;
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
        eagerGeneration: false,
      });
      addMetaHeaders(call.responseHeaders, meta.headers);
      status = meta.status ?? status;
    }
    // As tRPC sets them in every response that is not a stream.
    const headers = HeaderList.of(['vary', 'trpc-accept, accept', 'content-type', 'application/json']);
    headers.appendAll(call.responseHeaders);
    return { status, headers, body };
  }

  return (call, path, inputs) => {
    const called = findTargets(targets, path, call, accepts);
    return called && serve(called, inputs, call);
  };
}

/** Returns the status of an error: as tRPC's adapters do, from its shape, if that has one. */
const statusOf = (shape: unknown, error: TRPCError) => statusIn(shape) ?? statusOfTrpc(error);

/** The status of a batch whose calls have different statuses (RFC 4918, section 11.1). */
const MULTI_STATUS = 207;

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

const isPromise = (value: unknown) =>
  isObject(value) &&
  typeof Reflect.get(value, 'then') === 'function' &&
  typeof Reflect.get(value, 'catch') === 'function';
const isIterable = (value: unknown) => isObject(value) && Symbol.asyncIterator in value;

/**
 * True if tRPC would stream a value to clients that can read a stream: it is or contains a promise or an async
 * iterable.
 */
function isStreamed(value: unknown): boolean {
  if (!isObject(value) || Array.isArray(value)) return false;
  return isIterable(value) || Object.values(value).some((item) => isPromise(item) || isIterable(item));
}

const needsStream = () =>
  new TRPCError({
    code: 'UNSUPPORTED_MEDIA_TYPE',
    message: 'Cannot use stream-like response in non-streaming request - use httpBatchStreamLink',
  });
