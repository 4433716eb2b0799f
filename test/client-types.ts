/**
 * If the declaration for clients differs from the router, the compiler fails here and names the procedure. Then run
 * `npm run types`.
 */
import type {
  AnyTRPCProcedure,
  inferProcedureInput,
  inferProcedureOutput,
  inferRouterError,
} from '@trpc/server';
import type { AppRouter as Router } from '#routers/index';
import type { AppRouter as Declared } from '#src/client/app-router.d.ts';

/** True if two types are identical: mutually assignable, with the same optional fields, and `any` only in both. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the compiler compares two deferred types for identity only if both have such a parameter
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

type Facts<P extends AnyTRPCProcedure> = [P['_def']['type'], inferProcedureInput<P>, inferProcedureOutput<P>];

type DifferenceAt<A, B, Path extends string> = A extends AnyTRPCProcedure
  ? B extends AnyTRPCProcedure
    ? Same<Facts<A>, Facts<B>> extends true
      ? never
      : Path
    : Path
  : Differences<A, B, `${Path}.`>;

/** The paths of the procedures that only one of two routers has, or whose inputs or outputs have other types. */
type Differences<A, B, Above extends string = ''> = {
  [Key in (keyof A | keyof B) & string]: Key extends keyof A & keyof B
    ? DifferenceAt<A[Key], B[Key], `${Above}${Key}`>
    : `${Above}${Key}`;
}[(keyof A | keyof B) & string];

type None<T extends never> = T;
type Yes<T extends true> = T;

export type Procedures = None<Differences<Declared['_def']['record'], Router['_def']['record']>>;
export type Errors = Yes<Same<inferRouterError<Declared>, inferRouterError<Router>>>;
export type Transformer = Yes<
  Same<
    Declared['_def']['_config']['$types']['transformer'],
    Router['_def']['_config']['$types']['transformer']
  >
>;
