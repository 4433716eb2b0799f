#!/usr/bin/env node
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { parseCommand } from './arguments.ts';
import { helpText } from './help.ts';
import { messageOf, Problem } from './problem.ts';

/** The time that the process of a command gets after its own time limit, in milliseconds. */
const GRACE_MS = 2000;

/** Returns a field of this package's manifest. */
function manifestField(field: 'name' | 'version'): string {
  const manifest: unknown = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8'));
  return typeof manifest === 'object' && manifest !== null ? String(Reflect.get(manifest, field)) : '';
}

/**
 * Runs a command in a process of its own, so that modules of a router can neither print into its output nor keep it
 * running: their stdout is our stderr, and the command writes its output to file descriptor 3, our stdout.
 */
function run(args: readonly string[], timeout: number): void {
  const program = join(import.meta.dirname, `run${extname(import.meta.filename)}`);
  const child = spawn(process.execPath, [...process.execArgv, program, ...args], {
    stdio: ['ignore', 2, 2, 1],
  });
  const timer = setTimeout(
    () => {
      console.error(
        `The command was not ready within ${timeout} s (see --timeout): a module of the router is busy without an end.`,
      );
      child.kill('SIGKILL');
    },
    timeout * 1000 + GRACE_MS,
  );
  child.on('error', (error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    clearTimeout(timer);
    if (code === null) console.error(`The command was ended by ${signal}.`);
    process.exitCode = code ?? 1;
  });
}

try {
  const args = process.argv.slice(2);
  const command = parseCommand(args);
  if (command === 'version') process.stdout.write(`${manifestField('version')}\n`);
  else if (command === 'help') {
    process.stdout.write(helpText(`npx ${manifestField('name').replace(/cli$/, 'layer')}`));
  } else run(args, command.timeout);
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = error instanceof Problem ? error.exitCode : 1;
}
