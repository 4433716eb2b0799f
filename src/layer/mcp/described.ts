import type { AnyTRPCRouter } from '@trpc/server';
import { proceduresOf } from '../call/compile.ts';
import type { CalledProcedure } from '../gate.ts';

/** The properties that a resource and a prompt have in common. */
export interface Described {
  /** The name for programs. */
  name: string;
  /** The name for people. */
  title?: string;
  /** What it is for, for people and models. */
  description?: string;
  /**
   * The path of the procedure that decides who may have it, such as `notes.get`: only callers that may call this
   * procedure see it. Default: all callers.
   */
  procedure?: string;
}

/** True for the callers that may call a procedure; always true without one. */
export type Sees = (called: CalledProcedure | undefined) => boolean;

/** A definition with its procedure. */
export interface Bound<D> {
  definition: D;
  called: CalledProcedure | undefined;
}

/**
 * Finds the procedures of definitions. Leaves out those whose procedure does not exist, with a warning.
 * @param kind what the definitions are, such as `resource`.
 */
export function bind<D extends Described>(
  definitions: readonly D[],
  router: AnyTRPCRouter,
  kind: string,
  warn: (text: string) => void,
): Bound<D>[] {
  const procedures = new Map(proceduresOf(router));
  return definitions.flatMap((definition): Bound<D>[] => {
    const { name, procedure: path } = definition;
    if (path === undefined) return [{ definition, called: undefined }];
    const procedure = procedures.get(path);
    if (procedure) return [{ definition, called: { name: path, procedure } }];
    warn(`The MCP ${kind} ${name} is left out, because there is no procedure ${path}.`);
    return [];
  });
}
