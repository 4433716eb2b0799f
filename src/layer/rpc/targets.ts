import type { AnyTRPCRouter } from '@trpc/server';
import type { Call } from '../call/call.ts';
import { type CallOptions, compileCall, type Invoke, proceduresOf } from '../call/compile.ts';
import type { CalledProcedure } from '../gate.ts';
import { type AdaptInput, compileAdapt } from './client-input.ts';
import type { RpcPath } from './path.ts';
import { compileReadRaw, type ReadRaw } from './raw-input.ts';
import type { ReadInput, Wire } from './wire.ts';

/** A procedure as the target of RPC calls. */
export interface Target {
  /** The path of the procedure in the router, such as `things.get`. */
  path: string;
  type: CallOptions['type'];
  invoke: Invoke;
  /** Reads an input from JSON. */
  read: ReadInput;
  /** Adapts the input to the schemas of the procedure. */
  adapt: AdaptInput;
  /** Reads an input that is not JSON. */
  readRaw: ReadRaw;
  /** Writes an output as JSON; `undefined` for a value that JSON lacks. */
  encode: (output: unknown) => string | undefined;
  /** The procedure, for `admit` and `mayCall`. */
  called: CalledProcedure;
}

/** Compiles the procedures of a router, by path. */
export function targetsOf(router: AnyTRPCRouter, wire: Wire): ReadonlyMap<string, Target> {
  return new Map(
    proceduresOf(router).map(([path, procedure]) => {
      const encode = wire.writerOf(procedure);
      const { type } = procedure._def;
      const called = { name: path, procedure };
      const invoke = compileCall(procedure);
      const [read, adapt, readRaw] = [
        wire.readerOf(procedure),
        compileAdapt(procedure),
        compileReadRaw(procedure),
      ];
      return [path, { path, type, invoke, read, adapt, readRaw, encode, called }];
    }),
  );
}

/** The procedures that a request calls. */
export interface Called {
  targets: Target[];
  /** The type of all of them. */
  type: Target['type'];
  isBatch: boolean;
}

const TYPES: Record<string, Target['type']> = { GET: 'query', POST: 'mutation' };

/**
 * Returns the procedures of a common request: queries by GET or mutations by POST, one or several, with JSON.
 * @returns `null` for any other request.
 */
export function findTargets(
  targets: ReadonlyMap<string, Target>,
  { names, isBatch }: RpcPath,
  call: Pick<Call, 'method' | 'header' | 'searchParams'>,
): Called | null {
  const { method } = call;
  const type = TYPES[method];
  const mediaType = call.header('content-type') ?? (method === 'GET' ? 'application/json' : '');
  if (!type || !mediaType.startsWith('application/json') || wantsStream(call)) return null;
  if (call.searchParams.has('connectionParams')) return null;
  const found: Target[] = [];
  for (const name of names) {
    const target = targets.get(name);
    if (target?.type !== type) return null;
    found.push(target);
  }
  return { targets: found, type, isBatch };
}

/** True if a client asks for a streamed response. tRPC's clients do so by either header. */
const wantsStream = (call: Pick<Call, 'header'>) =>
  call.header('trpc-accept') !== null || call.header('accept')?.includes('application/jsonl') === true;
