import { type AnyTRPCProcedure, type AnyTRPCRouter, TRPCError, type TRPCProcedureType } from '@trpc/server';
import * as core from 'zod/v4/core';
import { toTrpcError } from '../trpc/error.ts';
import { MAX_ISSUES } from '../limits.ts';
import { compileParse, hasMethods } from './parse.ts';

/** The options with which a procedure is called, with tRPC's names. */
export interface CallOptions {
  ctx: object;
  path: string;
  type: TRPCProcedureType;
  /** Returns the input before validation. @throws {TRPCError} if it cannot be read. */
  getRawInput: () => Promise<unknown>;
  signal: AbortSignal | undefined;
  batchIndex: number;
}

/** Calls a procedure. @throws {TRPCError} the error of the procedure. */
export type Invoke = (options: CallOptions) => Promise<unknown>;

interface State extends CallOptions {
  input?: unknown;
}
interface Change {
  ctx?: object;
  input?: unknown;
  getRawInput?: () => Promise<unknown>;
}
type Result = { ok: true; data: unknown } | { ok: false; error: TRPCError };
type Middleware = (
  state: State & { meta: unknown; next: (change?: Change) => Promise<Result | undefined> },
) => Promise<Result | undefined>;
type Parse = (value: unknown) => unknown;
type Step = { kind: 'input' | 'output'; parse: Parse } | { kind: 'other'; run: Middleware };

/**
 * Returns the procedures of a router, each with its path, such as `things.get`. Those of lazy routers are in it once
 * loaded.
 */
export function proceduresOf(router: AnyTRPCRouter): [path: string, procedure: AnyTRPCProcedure][] {
  const procedures: unknown = router._def.procedures;
  return isRecord(procedures)
    ? Object.entries(procedures).filter((entry): entry is [string, AnyTRPCProcedure] => isProcedure(entry[1]))
    : [];
}

/** Returns the validator that a procedure has from `.output()`; `undefined` if it has none. */
export const outputOf = ({ _def: definition }: AnyTRPCProcedure): unknown => fieldOf(definition, 'output');

/**
 * Compiles the call of a procedure. It runs the same middlewares in the same order as tRPC, with the same result, at a
 * fraction of the cost (docs/decisions/0010-calling-procedures.md). A procedure with unknown kinds of middlewares is
 * called by tRPC.
 */
export function compileCall(procedure: AnyTRPCProcedure): Invoke {
  const steps = stepsOf(procedure);
  if (!steps) return (options) => procedure(options);
  const { meta } = procedure._def;

  async function run(index: number, state: State): Promise<Result | undefined> {
    try {
      const step = steps?.[index];
      if (!step) throw new TypeError('The last middleware has no next.');
      switch (step.kind) {
        case 'input':
          return await run(index + 1, { ...state, input: await readInput(step.parse, state) });
        case 'output': {
          const result = await run(index + 1, state);
          return result?.ok ? { ...result, data: await checkOutput(step.parse, result.data) } : result;
        }
        case 'other':
          return await step.run({ ...state, meta, next: (change) => run(index + 1, changed(state, change)) });
      }
    } catch (cause) {
      return { ok: false, error: toTrpcError(cause) };
    }
  }

  return async (options) => {
    const result = await run(0, options);
    if (!result) {
      throw new TRPCError({
        code: 'INTERNAL_SERVER_ERROR',
        message: 'A middleware did not return the result of its next().',
      });
    }
    if (!result.ok) throw result.error;
    return result.data;
  };
}

function changed(state: State, change: Change | undefined): State {
  if (!change) return state;
  const next = { ...state };
  if (change.ctx) next.ctx = { ...state.ctx, ...change.ctx };
  if ('input' in change) next.input = change.input;
  if (change.getRawInput) next.getRawInput = change.getRawInput;
  return next;
}

async function readInput(parse: Parse, { getRawInput, input }: State): Promise<unknown> {
  const raw = await getRawInput();
  let parsed: unknown;
  try {
    parsed = await parse(raw);
  } catch (cause) {
    throw inputError(cause);
  }
  return isRecord(input) && isRecord(parsed) ? { ...input, ...parsed } : parsed;
}

/**
 * Returns the same error as tRPC. Its message is all issues as JSON. For many issues, printing them takes longer than
 * finding them.
 */
function inputError(cause: unknown): TRPCError {
  const isLong = cause instanceof core.$ZodError && cause.issues.length > MAX_ISSUES;
  return new TRPCError({
    code: 'BAD_REQUEST',
    cause,
    ...(isLong && { message: 'Input validation failed' }),
  });
}

async function checkOutput(parse: Parse, data: unknown): Promise<unknown> {
  try {
    return await parse(data);
  } catch (cause) {
    throw new TRPCError({ code: 'INTERNAL_SERVER_ERROR', message: 'Output validation failed', cause });
  }
}

/** Returns the middlewares of a procedure as steps; `null` if one of them is of an unknown kind. */
function stepsOf(procedure: AnyTRPCProcedure): Step[] | null {
  const { _def: definition } = procedure;
  const middlewares = fieldOf(definition, 'middlewares');
  if (!Array.isArray(middlewares) || fieldOf(definition, 'caller') !== undefined) return null;
  const inputs = [...definition.inputs];
  const steps: Step[] = [];
  for (const middleware of middlewares as unknown[]) {
    if (!isMiddleware(middleware)) return null;
    const kind = fieldOf(middleware, '_type');
    if (kind !== 'input' && kind !== 'output') {
      steps.push({ kind: 'other', run: middleware });
      continue;
    }
    const schema = kind === 'input' ? inputs.shift() : outputOf(procedure);
    if (!(schema instanceof core.$ZodType)) return null;
    // tRPC creates another error for an input that a schema without methods rejects.
    if (kind === 'input' && !hasMethods(schema)) return null;
    steps.push({ kind, parse: compileParse(schema) });
  }
  return inputs.length === 0 ? steps : null;
}

/** True if a value is a procedure of tRPC. */
export const isProcedure = (value: unknown): value is AnyTRPCProcedure =>
  typeof value === 'function' && '_def' in value;

const isMiddleware = (value: unknown): value is Middleware => typeof value === 'function';

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const fieldOf = (from: object, name: string): unknown => Reflect.get(from, name);
