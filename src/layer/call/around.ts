import type { TRPCMiddlewareFunction, TRPCProcedureType } from '@trpc/server';
import type { Eventual } from './eventual.ts';

/** What a middleware knows of the call of a procedure, with tRPC's names. */
export interface MiddlewareOptions<Ctx = object, Meta = unknown, Input = unknown> {
  ctx: Ctx;
  /** The path of the procedure in the router, such as `things.get`. */
  path: string;
  type: TRPCProcedureType;
  /** The input, as far as earlier middlewares have validated it. */
  input: Input;
  /** Returns the input before validation. */
  getRawInput: () => Promise<unknown>;
  meta: Meta | undefined;
  signal: AbortSignal | undefined;
  /** The position of the call in its batch. */
  batchIndex: number;
}

/** Runs the rest of a procedure. @returns the output. @throws {TRPCError} the error of the procedure. */
export type Proceed = () => Eventual<unknown>;

type Result<Added> = Awaited<ReturnType<TRPCMiddlewareFunction<object, unknown, object, Added, unknown>>>;

/** A middleware of tRPC that adds fields to the context. */
export type Middleware<Ctx, Meta, Input, Added> = (
  options: MiddlewareOptions<Ctx, Meta, Input> & {
    next: <T>(change?: { ctx?: T }) => Promise<Result<T>>;
  },
) => Promise<Result<Added>>;

/** Checks a call. @returns fields to add to the context, or nothing. @throws to reject the call. */
type Check<Ctx, Meta, Input, Added> = (options: MiddlewareOptions<Ctx, Meta, Input>) => Eventual<Added>;

/** Runs around the rest of a procedure. @returns its output, or another one. */
type Run<Ctx, Meta, Input> = (
  options: MiddlewareOptions<Ctx, Meta, Input>,
  proceed: Proceed,
) => Eventual<unknown>;

/** The function of a middleware that `guard` or `around` created, for the context of any procedure. */
export type Direct =
  { check: Check<object, unknown, unknown, object | undefined> } | { run: Run<object, unknown, unknown> };

/** Where a middleware keeps its function. Another copy of the layer finds it too. */
const DIRECT = Symbol.for('layer.middleware');

/** Returns the function of a middleware that `guard` or `around` created; `undefined` for any other middleware. */
export function directOf(middleware: object): Direct | undefined {
  const direct: unknown = Reflect.get(middleware, DIRECT);
  return isDirect(direct) ? direct : undefined;
}

const isDirect = (value: unknown): value is Direct =>
  typeof value === 'object' && value !== null && ('check' in value || 'run' in value);

/** tRPC marks the results of middlewares with it, so that a middleware cannot forget to return one. */
const MARKER = 'middlewareMarker' as Result<object>['marker'];

/** What a check adds to the context: no fields, if it returns nothing. */
type AddedBy<T> = T extends object ? T : object;

/**
 * Creates a middleware that checks a call before the rest of its procedure runs. A compiled procedure calls `check`
 * without promises, unless `check` returns one. tRPC's own callers and adapters run it like any other middleware.
 * @param check returns the fields that it adds to the context, or nothing. It throws to reject the call.
 * @example t.procedure.use(guard(({ ctx }) => ({ user: requireUser(ctx) })))
 */
export function guard<Ctx, Meta, Input, Added extends object | undefined | void = undefined>(
  check: Check<Ctx, Meta, Input, Added>,
): Middleware<Ctx, Meta, Input, AddedBy<Added>> {
  const isAdded = (added: unknown): added is AddedBy<Added> => added !== undefined;
  const middleware: Middleware<Ctx, Meta, Input, AddedBy<Added>> = async ({ next, ...options }) => {
    const added: unknown = await check(options);
    return next(isAdded(added) ? { ctx: added } : undefined);
  };
  return Object.assign(middleware, { [DIRECT]: { check } });
}

/**
 * Creates a middleware that runs around the rest of a procedure. A compiled procedure runs it without promises, as long
 * as nothing in it is a promise. tRPC's own callers and adapters run it like any other middleware.
 * @param run calls `proceed` once, and returns its output or another one.
 * @example t.procedure.use(around(({ path }, proceed) => storage.run({ path }, proceed)))
 */
export function around<Ctx, Meta, Input>(run: Run<Ctx, Meta, Input>): Middleware<Ctx, Meta, Input, object> {
  const middleware: Middleware<Ctx, Meta, Input, object> = async ({ next, ...options }) => {
    const data = await run(options, async () => {
      const result = await next();
      if (!result.ok) throw result.error;
      return result.data;
    });
    return { marker: MARKER, ok: true, data };
  };
  return Object.assign(middleware, { [DIRECT]: { run } });
}
