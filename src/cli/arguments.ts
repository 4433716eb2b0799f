import { parseArgs } from 'node:util';
import { messageOf, Problem } from './problem.ts';

/** The options of each command. */
const ROUTER_OPTIONS = ['router', 'tsconfig', 'timeout'] as const;
const REST_OPTIONS = [...ROUTER_OPTIONS, 'rest-path', 'unnamed'] as const;
const DOCUMENT_OPTIONS = [...REST_OPTIONS, 'title', 'api-version', 'server'] as const;
const OPTIONS = {
  check: REST_OPTIONS,
  openapi: DOCUMENT_OPTIONS,
  types: ROUTER_OPTIONS,
  sdk: [...DOCUMENT_OPTIONS, 'out', 'name', 'key-prefix', 'package'],
  describe: DOCUMENT_OPTIONS,
  docs: [...DOCUMENT_OPTIONS, 'out', 'docs-path'],
  diff: [...DOCUMENT_OPTIONS, 'declared', 'json', 'markdown'],
} as const;

export type CommandName = keyof typeof OPTIONS;
type Flag = 'unnamed' | 'json' | 'markdown';
export type Option = (typeof OPTIONS)[CommandName][number];

/** The time limit of a command in seconds, if `--timeout` sets no other. */
export const DEFAULT_TIMEOUT = 120;

/** A command with its options, as they were given. */
export interface Command {
  name: CommandName;
  /** The file or package that exports the router, such as `./src/root.ts#appRouter`; empty if `diff` has two states. */
  router: string;
  /** The states that `diff` compares: a file, a file of a git commit such as `v1.2.0:api.json`, or a URL. */
  states: readonly string[];
  /** The time limit of the command in seconds. */
  timeout: number;
  options: Readonly<Partial<Record<Exclude<Option, Flag>, string> & Record<Flag, boolean>>>;
}

/** Returns the command of a command line, or the information that it asks for. @throws {Problem} if it is not valid. */
export function parseCommand(args: readonly string[]): Command | 'help' | 'version' {
  const { values, positionals } = parse(args);
  if (values.version) return 'version';
  const [name, ...others] = positionals;
  if (values.help || name === undefined) return 'help';
  if (!isCommand(name)) {
    throw wrong(`There is no command ${name}. The commands are ${Object.keys(OPTIONS).join(', ')}.`);
  }
  const states = name === 'diff' ? others : [];
  const [other] = name === 'diff' ? others.slice(2) : others;
  if (other !== undefined) {
    const takes = name === 'diff' ? 'two states' : 'options only';
    throw wrong(`${name} takes ${takes}, so ${other} has no meaning.`);
  }
  const { help: _help, version: _version, ...options } = values;
  const known: readonly string[] = OPTIONS[name];
  const unknown = Object.keys(options).find((option) => !known.includes(option));
  if (unknown !== undefined) {
    throw wrong(`${name} has no option --${unknown}. Its options are --${known.join(', --')}.`);
  }
  if (name === 'diff') checkDiff(states, options);
  else if (options.router === undefined) {
    throw wrong('--router is missing: the file that exports the router, such as ./src/root.ts#appRouter.');
  }
  if (name === 'sdk' && (options.out === undefined || options.name === undefined)) {
    throw wrong('sdk needs --out, the folder to write, and --name, the name of the API such as acme.');
  }
  if (name === 'docs' && options.out === undefined) {
    throw wrong('docs needs --out, the folder of the static host, such as ./public.');
  }
  return { name, router: options.router ?? '', states, timeout: secondsOf(options.timeout), options };
}

/** @throws {Problem} if it is not clear what is compared with what, or how. */
function checkDiff(
  states: readonly string[],
  options: { router?: string; json?: boolean; markdown?: boolean },
): void {
  if (states.length === 0) {
    throw wrong('diff needs the old state: a file that describe printed, a file of a git commit, or a URL.');
  }
  if (states.length === 1 && options.router === undefined) {
    throw wrong(
      'diff needs a second state, or --router with the router that the first one is compared with.',
    );
  }
  if (states.length === 2 && options.router !== undefined) {
    throw wrong('diff compares two states or a state and --router, not all three.');
  }
  if (options.json && options.markdown)
    throw wrong('--json and --markdown are two forms of one report. Choose one.');
}

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        help: { ...flag, short: 'h' },
        version: { ...flag, short: 'v' },
        router: text,
        tsconfig: text,
        timeout: text,
        title: text,
        'api-version': text,
        server: text,
        'rest-path': text,
        unnamed: flag,
        out: text,
        name: text,
        'key-prefix': text,
        package: text,
        'docs-path': text,
        declared: text,
        json: flag,
        markdown: flag,
      },
    });
  } catch (error) {
    throw wrong(messageOf(error));
  }
}

function secondsOf(given: string | undefined): number {
  if (given === undefined) return DEFAULT_TIMEOUT;
  const seconds = Number(given);
  if (!(seconds > 0 && seconds <= 86_400)) {
    throw wrong(`--timeout must be a number of seconds above 0 and at most 86400, not ${given}.`);
  }
  return seconds;
}

const isCommand = (name: string): name is CommandName => Object.hasOwn(OPTIONS, name);

const wrong = (message: string) => new Problem(`${message}\n--help shows all commands and options.`, 2);
