import { TRPCError } from '@trpc/server';
import { type Call, describeCalls, type RequestInfo } from '../call/call.ts';
import type { Later } from '../call/later.ts';
import { parseJson } from '../http/body.ts';
import { lastEventIdOf, resumed } from './adapter.ts';
import { type Inputs, isObject } from './inputs.ts';
import type { RpcPath } from './path.ts';
import { acceptsLines, type Targets } from './targets.ts';

/** A request over RPC, as far as it is known before its body is read. */
export interface RpcRequest {
  path: RpcPath;
  targets: Pick<Targets, 'get'>;
  connectionParams: RequestInfo['connectionParams'];
  inputs: Later<Inputs>;
}

/** Describes a request like tRPC's adapters do, for `createContext` and `responseMeta`. */
export function describeRequest(
  call: Call,
  { path, targets, connectionParams, inputs }: RpcRequest,
): RequestInfo {
  const found = path.names.map((name) => targets.get(name));
  const calls = path.names.map((name, batchIndex) => {
    const target = found[batchIndex];
    return {
      path: name,
      batchIndex,
      procedure: target?.called.procedure ?? null,
      getRawInput: async () => {
        const read = await inputs.read();
        const input = target && read.read(batchIndex, target.read);
        return target?.type === 'subscription' ? resumed(input, lastEventIdOf(call)) : input;
      },
      result: () => inputs.known?.known(batchIndex),
    };
  });
  return describeCalls(call, {
    accept: acceptsLines(call) ? 'application/jsonl' : null,
    type: found.find(Boolean)?.type ?? 'unknown',
    isBatchCall: path.isBatch,
    calls,
    connectionParams,
  });
}

/**
 * Returns the connection parameters of a request: an object of strings, as JSON in the query.
 * @throws {ApiError} for JSON that exceeds the limits. @throws {TRPCError} PARSE_ERROR for any other value.
 */
export function connectionParamsOf({
  searchParams,
}: Pick<Call, 'searchParams'>): RequestInfo['connectionParams'] {
  const text = searchParams.get('connectionParams');
  if (text === null) return null;
  const params = parseJson(text);
  if (params === null || isStrings(params)) return params;
  throw new TRPCError({ code: 'PARSE_ERROR', message: 'Invalid connection params shape' });
}

const isStrings = (value: unknown): value is Record<string, string> =>
  isObject(value) && Object.values(value).every((item) => typeof item === 'string');
