import type { AnyTRPCRouter } from '@trpc/server';
import type { Call } from '../call/call.ts';
import { type CallOptions, compileCall, type Invoke, proceduresOf } from '../call/compile.ts';
import type { CalledProcedure } from '../gate.ts';
import { type AdaptInput, compileAdapt } from './client-input.ts';
import type { RpcPath } from './path.ts';
import { compileReadRaw, type ReadRaw } from './raw-input.ts';
import type { ReadInput, Wire } from './wire.ts';

/** A procedure as it is reached over RPC. */
export interface Target {
  path: string;
  type: CallOptions['type'];
  invoke: Invoke;
  /** Reads an input from JSON. */
  read: ReadInput;
  adapt: AdaptInput;
  /** Reads an input that is not JSON. */
  readRaw: ReadRaw;
  /** Writes an output as JSON; undefined for a value that JSON does not have. */
  encode: (output: unknown) => string | undefined;
  called: CalledProcedure;
}

/** Compiles the procedures of a router, by their paths. */
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

/** What a request calls. */
export interface Called {
  targets: Target[];
  /** Of all of them. */
  type: Target['type'];
  isBatch: boolean;
}

const TYPES: Record<string, Target['type']> = { GET: 'query', POST: 'mutation' };

/**
 * What a request calls in the common way: queries by GET or mutations by POST, one or many, with JSON.
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

/** tRPC's clients ask for an answer in pieces by either header. */
const wantsStream = (call: Pick<Call, 'header'>) =>
  call.header('trpc-accept') !== null || call.header('accept')?.includes('application/jsonl') === true;
