import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { helpText, parseCommandLine, type TypedCommand } from '#server/commands/arguments';
import { CommandError, type OfflineContext } from '#server/commands/command';
import { type CommandResult, execute, executeOffline, executeWithout } from '#server/commands/execute';
import { connectConsole, sendCommand } from '#server/console/client';
import { PROTOCOL } from '#server/console/protocol';
import { openDatabase } from '#server/db/client';
import type { Database } from '#server/db/database';
import { databaseLocation, filesFolder } from '#server/db/folder';
import { DatabaseLockedError } from '#server/db/lock';
import { DatabaseUnusableError } from '#server/db/unusable';
import { type Env, env, EnvError } from '#server/env';
import { createLogger, type Logger } from '#server/log/index';
import { findSecrets } from '#server/secrets/secrets';

/** How long to wait for a server that starts or stops, or for another command, in milliseconds. */
const WAIT_MS = 15_000;
const RETRY_MS = 200;

const out = (line: string) => void process.stdout.write(`${line}\n`);
const err = (line: string) => void process.stderr.write(`${line}\n`);

/** Why the database is not open. */
class Unopened {
  readonly reason: unknown;
  constructor(reason: unknown) {
    this.reason = reason;
  }
}

/** Opens the database, or returns why that is not possible, such as because another process has it open. */
async function open(settings: Env, log: Logger): Promise<Database | Unopened> {
  try {
    return await openDatabase(settings, log);
  } catch (error) {
    return new Unopened(error);
  }
}

/** Shows the end of a command. @returns the exit code. */
function end({ exit, error }: CommandResult): number {
  if (error !== undefined) err(error);
  return exit;
}

/** Runs a command on a database that this process has opened. */
async function runHere(
  database: Database,
  { command, input }: TypedCommand,
  context: OfflineContext,
): Promise<number> {
  try {
    if (command.migrates) await database.migrate();
    const secrets = () => findSecrets(context.env);
    return end(await execute({ command: command.name, input }, { ...context, database, secrets }));
  } finally {
    await database.close();
  }
}

/** Runs a command here or in the running server. */
async function run(typed: TypedCommand, signal: AbortSignal): Promise<number> {
  const settings = env();
  const log = createLogger({ ...settings, LOG_LEVEL: 'error' });
  const context = { env: settings, log, print: async (line: string) => out(line), signal };
  const { command, input } = typed;
  const location = databaseLocation(settings);
  /** Lets the running server execute the command. @returns undefined if none listens. */
  async function send(): Promise<number | undefined> {
    const socket = 'folder' in location ? await connectConsole(location.folder) : undefined;
    if (!socket) return undefined;
    signal.addEventListener('abort', () => socket.destroy(), { once: true });
    return sendCommand(socket, { protocol: PROTOCOL, command: command.name, input }, { out, err });
  }
  const served = command.isServed === true ? await send() : undefined;
  if (served !== undefined) return served;
  const offline = executeOffline(command, input, context);
  if (offline) return end(await offline);
  // Opening the embedded database would create it.
  if (command.runWithout && 'folder' in location && !existsSync(filesFolder(location.folder))) {
    const without = executeWithout(command, input, context, undefined);
    if (without) return end(await without);
  }
  const until = performance.now() + WAIT_MS;
  for (;;) {
    const database = await open(settings, log);
    if (!(database instanceof Unopened)) return runHere(database, typed, context);
    const { reason } = database;
    const isLocked = reason instanceof DatabaseLockedError;
    const sent = isLocked ? await send() : undefined;
    if (sent !== undefined) return sent;
    if (!isLocked || performance.now() > until || signal.aborted) {
      const without = executeWithout(command, input, context, reason);
      if (without) return end(await without);
      throw reason;
    }
    await sleep(RETRY_MS);
  }
}

/**
 * Runs the command of a command line.
 * @param folder the folder to which the paths of arguments are relative.
 * @returns the exit code.
 */
export async function main(args: readonly string[], folder: string): Promise<number> {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => interrupted.abort());
  }
  try {
    const typed = parseCommandLine(args, folder);
    if (typed !== 'help') return await run(typed, interrupted.signal);
    process.stdout.write(helpText());
    return 0;
  } catch (error) {
    if (interrupted.signal.aborted) {
      err('The command was interrupted.');
      return 1;
    }
    if (error instanceof CommandError) {
      err(error.message);
      return error.exitCode;
    }
    const expected = [EnvError, DatabaseLockedError, DatabaseUnusableError];
    if (error instanceof Error && expected.some((kind) => error instanceof kind)) err(error.message);
    else console.error(error);
    return 1;
  }
}
