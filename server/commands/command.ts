import { z } from 'zod';
import '#layer/messages';
import type { Database } from '#server/db/database';
import type { Env } from '#server/env';
import type { Logger } from '#server/log/index';
import type { Maintenance } from '#server/maintenance/mode';
import type { Secrets } from '#server/secrets/secrets';

/** Thrown if a command cannot do its work. The message explains it in full, so it is printed without a stack. */
export class CommandError extends Error {
  override name = 'CommandError';
  /** The exit code: 1 if the command failed, 2 if the command line is wrong. */
  readonly exitCode: 1 | 2;

  constructor(message: string, exitCode: 1 | 2 = 1, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/** What a command works with that needs no open database. */
export interface OfflineContext {
  env: Env;
  log: Logger;
  /** Prints a line. Resolves when the caller can take the next one. */
  print: (line: string) => Promise<void>;
  /** Aborted if the caller has left, or if the process stops. */
  signal: AbortSignal;
}

/** What a command works with. */
export interface CommandContext extends OfflineContext {
  database: Database;
  /** Returns the secrets of the server, or those of the settings if no server runs; `undefined` if one is missing. */
  secrets: () => Secrets | undefined;
  /** The maintenance mode of the server that executes the command; `undefined` if none does. */
  maintenance?: Maintenance;
}

/** An option of a command. */
export interface CommandOption {
  type: 'string' | 'boolean';
  /** The name of its value in the help. */
  value?: string;
  help: string;
}

/** A command of the operator's program (admin.ts). */
export interface Command {
  /** Its words, such as `account show`. */
  name: string;
  summary: string;
  /** The names of its arguments in the help and in the input, in their order. */
  positionals: readonly string[];
  options: Readonly<Record<string, CommandOption>>;
  /** How long it may take, in milliseconds. */
  limitMs: number;
  /** True if a database that is opened for it is migrated before. */
  migrates: boolean;
  /** @throws {CommandError} if the input is not valid. */
  check: (input: unknown) => void;
  /** @throws {CommandError} if the input is not valid, or if it cannot do its work. */
  run: (context: CommandContext, input: unknown) => Promise<void>;
  /**
   * Runs a command that has something to do without an open database, too.
   * @param reason the error of opening it; undefined if there is none yet.
   */
  runWithout?: (context: OfflineContext, input: unknown, reason: unknown) => Promise<void>;
  /** True if a running server on the embedded database executes a command that has `runOffline`, too. */
  isServed?: boolean;
  /** Runs a command that opens no database, or that opens it in its own way. */
  runOffline?: (context: OfflineContext, input: unknown) => Promise<void>;
}

interface Definition<S extends z.core.$ZodType, C> extends Pick<Command, 'name' | 'summary'> {
  positionals?: readonly string[];
  options?: Record<string, CommandOption>;
  limitMs?: number;
  migrates?: boolean;
  /** The fields are the positionals and the options. */
  input: S;
  run: (context: C, input: z.output<S>) => Promise<void>;
}

/** The time limit of a command that needs a few statements, in milliseconds. */
const SHORT_MS = 60_000;

function describe<S extends z.core.$ZodType, C>(definition: Definition<S, C>) {
  const { name, summary, positionals = [], options = {}, limitMs = SHORT_MS, migrates = true } = definition;
  function parse(input: unknown): z.output<S> {
    const result = z.safeParse(definition.input, input);
    if (result.success) return result.data;
    const faults = result.error.issues.map(({ path, message }) => {
      const field = path.join('.');
      return positionals.includes(field) ? `${field.toUpperCase()} ${message}` : `--${field} ${message}`;
    });
    throw new CommandError(`${name}: ${faults.join('; ')}.`, 2);
  }
  const check = (input: unknown) => void parse(input);
  return { described: { name, summary, positionals, options, limitMs, migrates, check }, parse };
}

/** A command that works with an open database. */
interface OnlineDefinition<S extends z.core.$ZodType> extends Definition<S, CommandContext> {
  runWithout?: (context: OfflineContext, input: z.output<S>, reason: unknown) => Promise<void>;
}

/** Creates a command that works with an open database. It validates its input. */
export function defineCommand<S extends z.core.$ZodType>(definition: OnlineDefinition<S>): Command {
  const { described, parse } = describe(definition);
  const { runWithout } = definition;
  return {
    ...described,
    run: async (context, input) => definition.run(context, parse(input)),
    ...(runWithout && {
      runWithout: async (context, input, reason) => runWithout(context, parse(input), reason),
    }),
  };
}

/** A command that opens no database, or that opens it in its own way. */
interface OfflineDefinition<S extends z.core.$ZodType> extends Definition<S, OfflineContext> {
  /** Runs it in a server that has the embedded database open. Without it, no server executes the command. */
  runServed?: (context: CommandContext, input: z.output<S>) => Promise<void>;
}

/** Creates a command that opens no database, or that opens it in its own way. It validates its input. */
export function defineOfflineCommand<S extends z.core.$ZodType>(definition: OfflineDefinition<S>): Command {
  const { described, parse } = describe(definition);
  const { name, runServed } = definition;
  return {
    ...described,
    isServed: runServed !== undefined,
    run: async (context, input) => {
      if (!runServed) throw new CommandError(`${name} cannot be executed by a running server.`);
      await runServed(context, parse(input));
    },
    runOffline: async (context, input) => definition.run(context, parse(input)),
  };
}
