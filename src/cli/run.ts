/** Runs one command, in the process that `bin.ts` starts. Its output goes to file descriptor 3. */
import { writeSync } from 'node:fs';
import { type Command, type CommandName, parseCommand } from './arguments.ts';
import { pinCompiler } from './compiler.ts';
import { messageOf, Problem, report, type Result } from './problem.ts';
import { interruptedImport } from './router/load.ts';

const OUTPUT = 3;

/** Each command loads only what it needs, because compilers and generators are large. */
const COMMANDS: Record<CommandName, (command: Command) => Promise<string | Result>> = {
  describe: async (command) => (await import('./commands/describe.ts')).describe(command),
  diff: async (command) => (await import('./commands/diff.ts')).diff(command),
  docs: async (command) => (await import('./commands/docs.ts')).docs(command),
  check: async (command) => (await import('./commands/check.ts')).check(command),
  openapi: async (command) => (await import('./commands/openapi.ts')).openapi(command),
  sdk: async (command) => (await import('./commands/sdk.ts')).sdk(command),
  types: async (command) => (await import('./commands/types.ts')).types(command),
};

/** Writes all of a text. A pipe of another process may be full, and then rejects the rest for a moment. */
function write(text: string): void {
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(OUTPUT, rest));
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      // The reader has left, such as `head`.
      if (code === 'EPIPE') return;
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
}

const command = parseCommand(process.argv.slice(2));
if (typeof command === 'string') throw new Error('bin.ts handles --help and --version.');

let hasEnded = false;
function end(code: number): never {
  hasEnded = true;
  // Connections and timers of the router's modules would keep the process alive.
  process.exit(code);
}

/** Ends the process while a router is being imported. */
function interrupt(reason: string): never {
  report(interruptedImport(reason)?.message ?? `The command was interrupted: ${reason}.`);
  end(1);
}

process.on('exit', (code) => {
  if (!hasEnded) interrupt(`a module ended the process (process.exit(${code}))`);
});
process.on('beforeExit', () => interrupt('a module waits for a promise that never settles'));
setTimeout(
  () => interrupt(`it was not ready within ${command.timeout} s (see --timeout)`),
  command.timeout * 1000,
).unref();
for (const event of ['uncaughtException', 'unhandledRejection']) {
  // Such as a connection to a database, which is not needed here.
  process.on(event, (error: unknown) => report(`warning: in the background: ${messageOf(error)}`));
}

pinCompiler();
COMMANDS[command.name](command)
  .then((result) => {
    const { text, exitCode } = typeof result === 'string' ? { text: result, exitCode: 0 } : result;
    write(text);
    return exitCode;
  })
  .then(
    (exitCode) => end(exitCode),
    (error: unknown) => {
      // Anything but a Problem is a fault of this program, so its stack helps.
      if (!(error instanceof Problem)) report(error instanceof Error ? (error.stack ?? '') : String(error));
      else report(error.message);
      end(error instanceof Problem ? error.exitCode : 1);
    },
  );
