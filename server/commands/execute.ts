import { PRODUCT } from '#contract/product';
import { type Command, type CommandContext, CommandError, type OfflineContext } from './command.ts';
import { commandNamed } from './index.ts';

/** The end of a command: its exit code, and the reason if it failed. */
export interface CommandResult {
  exit: number;
  error?: string;
}

/**
 * Runs a command within its time limit.
 * @throws what is not a `CommandError`.
 */
async function runInTime(
  { name, limitMs }: Command,
  signal: AbortSignal,
  run: (signal: AbortSignal) => Promise<void>,
): Promise<CommandResult> {
  const late = AbortSignal.timeout(limitMs);
  const ended = AbortSignal.any([signal, late]);
  try {
    await Promise.race([run(ended), rejectWhen(ended)]);
    return { exit: 0 };
  } catch (error) {
    if (error instanceof CommandError) return { exit: error.exitCode, error: error.message };
    if (!late.aborted || signal.aborted) throw error;
    return { exit: 1, error: `${name} took longer than ${limitMs / 1000} s, so it was ended.` };
  }
}

/** Runs a command that works with an open database. @throws what is not a `CommandError`. */
export async function execute(
  { command: name, input }: { command: string; input: unknown },
  context: CommandContext,
): Promise<CommandResult> {
  const command = commandNamed(name);
  if (!command) {
    const error = `This server has no command ${name}: another version of ${PRODUCT.name} runs. Restart the server.`;
    return { exit: 1, error };
  }
  return runInTime(command, context.signal, (signal) => command.run({ ...context, signal }, input));
}

/** Runs a command that no server executes; undefined if it is another one. @throws what is not a `CommandError`. */
export function executeOffline(
  command: Command,
  input: unknown,
  context: OfflineContext,
): Promise<CommandResult> | undefined {
  const { runOffline } = command;
  return (
    runOffline && runInTime(command, context.signal, (signal) => runOffline({ ...context, signal }, input))
  );
}

/**
 * Runs a command without an open database; undefined if it needs one.
 * @param reason the error of opening it; undefined if there is none yet.
 * @throws what is not a `CommandError`.
 */
export function executeWithout(
  command: Command,
  input: unknown,
  context: OfflineContext,
  reason: unknown,
): Promise<CommandResult> | undefined {
  const { runWithout } = command;
  return (
    runWithout &&
    runInTime(command, context.signal, (signal) => runWithout({ ...context, signal }, input, reason))
  );
}

function rejectWhen(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const fail = () => reject(new Error('The command was ended.', { cause: signal.reason }));
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
}
