import { type Call, describeCalls, type RequestInfo } from '../call/call.ts';
import type { Later } from '../call/later.ts';
import type { Endpoint } from './endpoint.ts';

/** Describes a request like tRPC's adapters do, for `createContext`. */
export function describeRequest(
  call: Call,
  { name, type, procedure }: Endpoint,
  input: Later<unknown>,
): RequestInfo {
  const getRawInput = async () => input.read();
  const only = { path: name, batchIndex: 0, procedure, getRawInput, result: () => input.known };
  return describeCalls(call, { type, calls: [only] });
}
