import { type AnyTRPCRouter, TRPCError, type TRPCProcedureType } from '@trpc/server';
import type { TRPC_ERROR_CODE_NUMBER } from '@trpc/server/rpc';

/** The HTTP status of each of tRPC's codes, and its number in JSON-RPC 2.0. Old versions of tRPC lack some of them. */
const CODES: Record<TRPCError['code'], { status: number; number: TRPC_ERROR_CODE_NUMBER }> = {
  PARSE_ERROR: { status: 400, number: -32700 },
  BAD_REQUEST: { status: 400, number: -32600 },
  UNAUTHORIZED: { status: 401, number: -32001 },
  PAYMENT_REQUIRED: { status: 402, number: -32002 },
  FORBIDDEN: { status: 403, number: -32003 },
  NOT_FOUND: { status: 404, number: -32004 },
  METHOD_NOT_SUPPORTED: { status: 405, number: -32005 },
  TIMEOUT: { status: 408, number: -32008 },
  CONFLICT: { status: 409, number: -32009 },
  PRECONDITION_FAILED: { status: 412, number: -32012 },
  PAYLOAD_TOO_LARGE: { status: 413, number: -32013 },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, number: -32015 },
  UNPROCESSABLE_CONTENT: { status: 422, number: -32022 },
  PRECONDITION_REQUIRED: { status: 428, number: -32028 },
  TOO_MANY_REQUESTS: { status: 429, number: -32029 },
  CLIENT_CLOSED_REQUEST: { status: 499, number: -32099 },
  INTERNAL_SERVER_ERROR: { status: 500, number: -32603 },
  NOT_IMPLEMENTED: { status: 501, number: -32603 },
  BAD_GATEWAY: { status: 502, number: -32603 },
  SERVICE_UNAVAILABLE: { status: 503, number: -32603 },
  GATEWAY_TIMEOUT: { status: 504, number: -32603 },
};

/**
 * True for a TRPCError of any copy of tRPC, by its name: a process may contain several versions, or the CommonJS and the
 * ESM build of one, each with its own class. A code that this version does not know does not count.
 */
export const isTrpcError = (value: unknown): value is TRPCError =>
  value instanceof Error &&
  value.name === 'TRPCError' &&
  'code' in value &&
  typeof value.code === 'string' &&
  Object.hasOwn(CODES, value.code);

/** Returns a thrown value as a TRPCError, with INTERNAL_SERVER_ERROR for any other value, as tRPC does. */
export function toTrpcError(thrown: unknown): TRPCError {
  if (isTrpcError(thrown)) return thrown;
  const error = new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause: thrown });
  if (thrown instanceof Error && thrown.stack) error.stack = thrown.stack;
  return error;
}

/** Returns the HTTP status of a code of tRPC. */
export const statusOfTrpc = ({ code }: TRPCError): number => CODES[code].status;

/** The part of a request that failed. */
export interface Failed {
  type: TRPCProcedureType | 'unknown';
  /** The path of the procedure, such as `things.get`; absent if the whole request failed. */
  path?: string;
  /** The input of the procedure, if it has been read. */
  input?: unknown;
}

/** The description of the symbol under which tRPC 11.25 and later keep what an `.errors()` of a procedure returned. */
const FORMATTED = 'trpc_formattedErrorShape';

/**
 * Returns an error in the form that a router sends: by the `.errors()` of its procedure or the router's errorFormatter,
 * otherwise tRPC's own.
 * @param ctx the context of the call, if it was created.
 */
export function errorShape(
  { _def: { _config: config } }: AnyTRPCRouter,
  error: TRPCError,
  { type, path, input }: Failed,
  ctx: object | undefined,
): unknown {
  const formatted = Object.getOwnPropertySymbols(error).find(({ description }) => description === FORMATTED);
  if (formatted) return Reflect.get(error, formatted);
  const { code, message, stack } = error;
  const { status, number } = CODES[code];
  const shape = {
    message,
    code: number,
    data: {
      code,
      httpStatus: status,
      ...(config.isDev && typeof stack === 'string' && { stack }),
      ...(path !== undefined && { path }),
    },
  };
  return config.errorFormatter({ error, type, path, input, ctx, shape });
}
