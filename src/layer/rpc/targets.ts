import type { AnyTRPCProcedure, AnyTRPCRouter } from '@trpc/server';
import type { Call } from '../call/call.ts';
import { type CallOptions, compileCall, type Invoke, proceduresOf } from '../call/compile.ts';
import { isLoaded, loadProcedure } from '../call/lazy.ts';
import { sizeOf } from '../decode/size.ts';
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
  /** The maximum number of values in an input. */
  maxValues: number;
  /** Adapts the input to the schemas of the procedure. */
  adapt: AdaptInput;
  /** Reads an input that is not JSON. */
  readRaw: ReadRaw;
  /** Writes an output as JSON; `undefined` for a value that JSON lacks. */
  encode: (output: unknown) => string | undefined;
  /** Writes the line of a streamed batch with an output. */
  encodeLine: (id: number, output: unknown) => string;
  /** The procedure, for `admit` and `mayCall`. */
  called: CalledProcedure;
}

/** The procedures of a router. Each is compiled at its first call. */
export interface Targets {
  /** Returns a procedure by its path; `undefined` if there is none, or it is in a lazy router that is not loaded. */
  get: (path: string) => Target | undefined;
  /** Loads the lazy routers that contain procedures. Absent if there are none. */
  load: ((paths: readonly string[]) => Promise<void>) | undefined;
}

/** Returns the procedures of a router as the targets of calls. */
export function targetsOf(router: AnyTRPCRouter, wire: Wire): Targets {
  const targets = new Map<string, Target>();
  let procedures = new Map(proceduresOf(router));
  return {
    get(path) {
      const known = targets.get(path);
      if (known) return known;
      const procedure = procedures.get(path);
      if (!procedure) return undefined;
      const target = compileTarget(path, procedure, wire);
      targets.set(path, target);
      return target;
    },
    load: isLoaded(router)
      ? undefined
      : async (paths) => {
          const unknown = paths.filter((path) => !procedures.has(path));
          for (const path of unknown) await loadProcedure(router, path);
          if (unknown.length > 0) procedures = new Map(proceduresOf(router));
        },
  };
}

function compileTarget(path: string, procedure: AnyTRPCProcedure, wire: Wire): Target {
  return {
    path,
    type: procedure._def.type,
    invoke: compileCall(procedure),
    read: wire.readerOf(procedure),
    maxValues: sizeOf(procedure).maxValues,
    adapt: compileAdapt(procedure),
    readRaw: compileReadRaw(procedure),
    encode: wire.writerOf(procedure),
    encodeLine: wire.lineWriterOf(procedure),
    called: { name: path, procedure },
  };
}

/** The procedures that a request calls. */
export interface Called {
  targets: Target[];
  /** The type of all of them. */
  type: Target['type'];
  isBatch: boolean;
  /** True if the response is a streamed batch. */
  isStreamed: boolean;
}

/** True if procedures of a type can be called by a method. */
export type Accepts = (method: string, type: Target['type']) => boolean;

/**
 * Returns which procedures a method can call: by POST mutations, by GET and HEAD all others.
 * @param allowMethodOverride true if POST can call all procedures.
 */
export const acceptsOf =
  (allowMethodOverride: boolean): Accepts =>
  (method, type) =>
    method === 'POST' ? allowMethodOverride || type === 'mutation' : type !== 'mutation';

/**
 * Returns the procedures of a common request: queries or mutations, one or several, with JSON or as a streamed batch.
 * @returns `null` for any other request.
 */
export function findTargets(
  targets: Pick<Targets, 'get'>,
  { names, isBatch }: RpcPath,
  call: Pick<Call, 'method' | 'header' | 'searchParams'>,
  accepts: Accepts,
): Called | null {
  const { method } = call;
  if (method !== 'GET' && method !== 'POST') return null;
  const mediaType = call.header('content-type') ?? (method === 'GET' ? 'application/json' : '');
  const isStreamed = acceptsLines(call);
  if (!mediaType.startsWith('application/json') || (isStreamed && !isBatch)) return null;
  if (call.searchParams.has('connectionParams')) return null;
  const found: Target[] = [];
  for (const name of names) {
    const target = targets.get(name);
    if (!target || target.type === 'subscription' || !accepts(method, target.type)) return null;
    if (found[0] && found[0].type !== target.type) return null;
    found.push(target);
  }
  const [first] = found;
  return first ? { targets: found, type: first.type, isBatch, isStreamed } : null;
}

/** The media type of a streamed batch. */
const LINES = 'application/jsonl';

/** True if a client asks for a streamed batch. tRPC's clients do so by either header. */
export function acceptsLines(call: Pick<Call, 'header'>): boolean {
  const wanted = call.header('trpc-accept');
  if (wanted !== null) return wanted === LINES;
  const accept = call.header('accept');
  return accept?.includes(LINES) === true && accept.split(',').some((type) => type.trim() === LINES);
}
