import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { PRODUCT } from '#contract/product';
import { type Command, CommandError } from './command.ts';
import { commands } from './index.ts';

/** A command with its input, as it was typed. The command validates it. */
export interface TypedCommand {
  command: Command;
  input: Record<string, string | boolean>;
}

const HELP = 'Run it with --help to see all commands.';
const wrong = (message: string, options?: ErrorOptions) => new CommandError(`${message} ${HELP}`, 2, options);

/**
 * Returns the command that a command line names.
 * @param folder the folder to which a FILE is relative.
 * @throws {CommandError} if the command line is wrong.
 */
export function parseCommandLine(args: readonly string[], folder: string): TypedCommand | 'help' {
  if (args.length === 0 || args.some((arg) => arg === '--help' || arg === '-h')) return 'help';
  const command = commands.find(({ name }) => name.split(' ').every((word, index) => args[index] === word));
  if (!command) {
    const names = commands.map(({ name }) => name).join(', ');
    throw wrong(`There is no command ${args.slice(0, 2).join(' ')}. The commands are ${names}.`);
  }
  const { values, positionals } = parse(command, args.slice(command.name.split(' ').length));
  const tooMany = positionals[command.positionals.length];
  if (tooMany !== undefined) throw wrong(`${command.name}: the argument ${tooMany} has no meaning.`);
  const named = command.positionals.flatMap((name, index) => {
    const value = positionals[index];
    if (value === undefined) return [];
    const isPath = name === 'file' && value !== '' && !value.startsWith('s3:');
    return [[name, isPath ? resolve(folder, value) : value] as const];
  });
  const missing = command.positionals[named.length];
  if (missing !== undefined) throw wrong(`${command.name}: ${missing.toUpperCase()} is missing.`);
  const input = { ...values, ...Object.fromEntries(named) };
  command.check(input);
  return { command, input };
}

function parse({ name, options }: Command, args: string[]) {
  try {
    const known = Object.entries(options).map(([option, { type }]) => [option, { type }] as const);
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: Object.fromEntries(known),
    });
    const given = Object.entries(values).flatMap(([option, value]) =>
      typeof value === 'string' || typeof value === 'boolean' ? [[option, value] as const] : [],
    );
    return { values: Object.fromEntries(given), positionals };
  } catch (error) {
    // The rest of Node's message explains how to write arguments that begin with a dash.
    const [message] = String(error)
      .replace(/^[^:]*: /, '')
      .split(/\. |\n|$/, 1);
    throw wrong(`${name}: ${message}.`, { cause: error });
  }
}

/** Returns the columns of the help: what to type, and what it does. */
function helpLines({ name, summary, positionals, options }: Command): [string, string][] {
  const usage = [name, ...positionals.map((argument) => argument.toUpperCase())].join(' ');
  const own = Object.entries(options).map(([option, { value, help }]): [string, string] => [
    `    --${option}${value === undefined ? '' : ` <${value}>`}`,
    help,
  ]);
  return [[`  ${usage}`, summary], ...own];
}

/** Returns the text of `--help`. */
export function helpText(): string {
  const lines = commands.flatMap(helpLines);
  const width = Math.max(...lines.map(([usage]) => usage.length)) + 2;
  return `Usage: node admin.ts <command> [options]

Commands
${lines.map(([usage, summary]) => `${usage.padEnd(width)}${summary}`).join('\n')}

The settings are those of the server, from the environment and .env. On the embedded database, a running server executes
the command. Otherwise, and on Postgres, this program opens the database itself.
Results are printed on stdout, everything else on stderr.
Exit code: 0 if the command succeeded; 1 if it failed; 2 if the command line is wrong.

${PRODUCT.name}: docs/operations.md describes each command.
`;
}
