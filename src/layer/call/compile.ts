import { type AnyTRPCProcedure, type AnyTRPCRouter, TRPCError, type TRPCProcedureType } from '@trpc/server';
import * as core from 'zod/v4/core';
import { toTrpcError } from '../trpc/error.ts';
import { MAX_ISSUES } from '../limits.ts';
import { type Direct, directOf, type MiddlewareOptions } from './around.ts';
import { andThen, type Eventual, rescue } from './eventual.ts';
import { compileParse, hasMethods } from './parse.ts';

/** The options with which a procedure is called, with tRPC's names. */
export interface CallOptions {
  ctx: object;
  path: string;
  type: TRPCProcedureType;
  /** Returns the input before validation. @throws {TRPCError} if it cannot be read. */
  readInput: () => Eventual<unknown>;
  signal: AbortSignal | undefined;
  batchIndex: number;
}

/** Calls a procedure: without a promise, if nothing in it is one. @throws {TRPCError} the error of the procedure. */
export type Invoke = (options: CallOptions) => Eventual<unknown>;

/** A call between two middlewares: what they may change of it. */
interface State {
  readonly call: CallOptions;
  readonly ctx: object;
  readonly input: unknown;
  readonly readInput: () => Eventual<unknown>;
}
interface Change {
  ctx?: object;
  input?: unknown;
  getRawInput?: () => Promise<unknown>;
}
type Result = { ok: true; data: unknown } | { ok: false; error: TRPCError };
type Middleware = (
  options: MiddlewareOptions & { next: (change?: Change) => Promise<Result> },
) => Promise<Result | undefined>;
type Resolver = (options: MiddlewareOptions) => unknown;
type Parse = (value: unknown) => unknown;

/** A step of a procedure. */
type Step =
  | { kind: 'input' | 'output'; parse: Parse }
  | { kind: 'direct'; direct: Direct }
  | { kind: 'other'; middleware: Middleware };

/** Runs a procedure from one of its steps on. @returns the output. @throws the error of the procedure. */
type Run = (state: State) => Eventual<unknown>;

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
 * Compiles the call of a procedure to one function. It runs the same middlewares in the same order as tRPC, with the same
 * result, at a fraction of the cost (docs/decisions/0010-calling-procedures.md). Only promises are awaited. A procedure
 * with unknown kinds of middlewares is called by tRPC.
 */
export function compileCall(procedure: AnyTRPCProcedure): Invoke {
  const compiled = stepsOf(procedure);
  if (!compiled)
    return ({ readInput, ...options }) => procedure({ ...options, getRawInput: promised(readInput) });
  const { meta } = procedure._def;
  const { steps, resolver } = compiled;
  const last: Run = (state) => resolver(optionsOf(state, meta));
  const run = steps.reduceRight<Run>((next, step) => compileStep(step, next, meta), last);
  return (call) => {
    const { ctx, readInput } = call;
    return rescue(() => run({ call, ctx, readInput, input: undefined }), rethrow);
  };
}

/** @throws {TRPCError} for any error. */
function rethrow(cause: unknown): never {
  throw toTrpcError(cause);
}

/** Returns the function in the form that tRPC's middlewares call. */
const promised =
  (read: () => Eventual<unknown>): (() => Promise<unknown>) =>
  async () =>
    read();

/** Returns the options that tRPC gives to middlewares and resolvers. */
function optionsOf({ call, ctx, input, readInput }: State, meta: unknown): MiddlewareOptions {
  const { path, type, signal, batchIndex } = call;
  return { ctx, path, type, input, getRawInput: promised(readInput), meta, signal, batchIndex };
}

/** Compiles a step and the steps after it. */
function compileStep(step: Step, next: Run, meta: unknown): Run {
  switch (step.kind) {
    case 'input':
      return (state) => andThen(readInput(step.parse, state), (input) => next(changed(state, { input })));
    case 'output':
      return (state) => andThen(next(state), (data) => checkOutput(step.parse, data));
    case 'direct':
      return compileDirect(step.direct, next, meta);
    case 'other':
      return (state) => runMiddleware(step.middleware, state, next, meta);
  }
}

function compileDirect(direct: Direct, next: Run, meta: unknown): Run {
  if ('check' in direct) {
    const { check } = direct;
    return (state) =>
      andThen(check(optionsOf(state, meta)), (ctx) =>
        next(ctx === undefined ? state : changed(state, { ctx })),
      );
  }
  const { run } = direct;
  return (state) => run(optionsOf(state, meta), () => rescue(() => next(state), rethrow));
}

async function runMiddleware(
  middleware: Middleware,
  state: State,
  next: Run,
  meta: unknown,
): Promise<unknown> {
  const result = await middleware({
    ...optionsOf(state, meta),
    next: (change) => resultOf(next, change ? changed(state, change) : state),
  });
  if (!result) {
    throw new TRPCError({
      code: 'INTERNAL_SERVER_ERROR',
      message: 'A middleware did not return the result of its next().',
    });
  }
  if (!result.ok) throw result.error;
  return result.data;
}

/** Returns the result of the rest of a procedure in the form that tRPC's middlewares expect. */
async function resultOf(run: Run, state: State): Promise<Result> {
  try {
    return { ok: true, data: await run(state) };
  } catch (cause) {
    return { ok: false, error: toTrpcError(cause) };
  }
}

function changed({ call, ctx, input, readInput }: State, change: Change): State {
  return {
    call,
    ctx: change.ctx ? { ...ctx, ...change.ctx } : ctx,
    input: 'input' in change ? change.input : input,
    readInput: change.getRawInput ?? readInput,
  };
}

/** Returns the input of a procedure after one more parser: parsed fields are added to those of earlier parsers. */
const readInput = (parse: Parse, { readInput: read, input }: State): Eventual<unknown> =>
  andThen(read(), (raw) =>
    andThen(
      rescue(() => parse(raw), rejectInput),
      (parsed) => (isRecord(input) && isRecord(parsed) ? { ...input, ...parsed } : parsed),
    ),
  );

function rejectInput(cause: unknown): never {
  throw inputError(cause);
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

const checkOutput = (parse: Parse, data: unknown): Eventual<unknown> =>
  rescue(
    () => parse(data),
    (cause) => {
      throw new TRPCError({ code: 'INTERNAL_SERVER_ERROR', message: 'Output validation failed', cause });
    },
  );

/** Returns the steps of a procedure and its resolver; `null` if one of its middlewares is of an unknown kind. */
function stepsOf(procedure: AnyTRPCProcedure): { steps: Step[]; resolver: Resolver } | null {
  const { _def: definition } = procedure;
  const middlewares = fieldOf(definition, 'middlewares');
  const resolver = fieldOf(definition, 'resolver');
  if (!Array.isArray(middlewares) || !isResolver(resolver)) return null;
  if (fieldOf(definition, 'caller') !== undefined) return null;
  const inputs = [...definition.inputs];
  const steps: Step[] = [];
  // The last one calls the resolver.
  for (const middleware of middlewares.slice(0, -1) as unknown[]) {
    if (!isMiddleware(middleware)) return null;
    const kind = fieldOf(middleware, '_type');
    if (kind !== 'input' && kind !== 'output') {
      const direct = directOf(middleware);
      steps.push(direct ? { kind: 'direct', direct } : { kind: 'other', middleware });
      continue;
    }
    const schema = kind === 'input' ? inputs.shift() : outputOf(procedure);
    if (!(schema instanceof core.$ZodType)) return null;
    // tRPC creates another error for an input that a schema without methods rejects.
    if (kind === 'input' && !hasMethods(schema)) return null;
    steps.push({ kind, parse: compileParse(schema) });
  }
  return inputs.length === 0 ? { steps, resolver } : null;
}

/** True if a value is a procedure of tRPC. */
export const isProcedure = (value: unknown): value is AnyTRPCProcedure =>
  typeof value === 'function' && '_def' in value;

const isMiddleware = (value: unknown): value is Middleware => typeof value === 'function';
const isResolver = (value: unknown): value is Resolver => typeof value === 'function';

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const fieldOf = (from: object, name: string): unknown => Reflect.get(from, name);
