import { inspect, styleText } from 'node:util';
import { z } from 'zod';
import { cutText } from '#layer/index';

/** The most that is written of an error, in bytes. */
const MAX_ERROR_BYTES = 8192;
const MAX_MESSAGE_BYTES = 1024;
const MAX_CAUSES = 4;
const MAX_ISSUES = 5;

/** A line of a stack that names a place in a file. */
const FRAME = /^\s+at (?:.*\(|async )?(?:file:\/\/)?(\S(?:[^()]|\([\w-]+\))*?):(\d+):\d+\)?$/;
/** Folders of what calls procedures, and of what they call: a mistake is seldom in it. */
const LAYER =
  /^(app\/api\/|routers\/api\.ts$|src\/layer\/|server\/((gate|procedures|people\/streams)\.ts$|(db|stores|transport)\/))/;

/** What a person needs of an error in development. */
export interface ShownError {
  /** Its class and its message. */
  title: string;
  /** The first line of our own code in its stack, such as `routers/chat.ts:12`. */
  place?: string;
  /** All of it: stacks, causes, and what the database has said. */
  text: string;
}

/** A path relative to the project, or null for one that is not of our sources. */
function ownPath(path: string, root: string): string | null {
  const file = path.replaceAll('\\', '/').replace(`${root.replaceAll('\\', '/')}/`, '');
  const isForeign = /^(\/|[A-Za-z]:|\w+:)|(^|\/)(node_modules|\.next)\//.test(file);
  return isForeign || !/\.[cm]?[jt]sx?$/.test(file) ? null : file;
}

interface Place {
  file: string;
  line: string;
}

/** The place in our own code that a line of a stack names. */
function placeOf(frame: string, root: string): Place | undefined {
  const [, path = '', line = ''] = FRAME.exec(frame) ?? [];
  const file = ownPath(path, root);
  return file === null ? undefined : { file, line };
}

const isOfLayer = ({ file }: Place) => LAYER.test(file);

/** The error and what it wraps. */
function chainOf(error: unknown): Error[] {
  const chain: Error[] = [];
  for (let each = error; each instanceof Error && chain.length <= MAX_CAUSES; each = each.cause) {
    if (chain.includes(each)) break;
    chain.push(each);
  }
  return chain;
}

/** What an error says; of one that wraps a statement not its parameters, which are data of callers. */
function errorMessage(error: Error): string {
  if (error instanceof z.core.$ZodError) {
    const issues = error.issues.map(({ path, message }) => `${path.join('.') || 'the value'} ${message}`);
    const more = issues.length > MAX_ISSUES ? ` and ${issues.length - MAX_ISSUES} more` : '';
    return issues.slice(0, MAX_ISSUES).join(', ') + more;
  }
  return cutText(error.message.split('\nparams:', 1)[0] ?? '', MAX_MESSAGE_BYTES);
}

interface ShownStack {
  /** In our own code, innermost first. */
  places: Place[];
  text: string;
}

/**
 * The stack with the lines of the sources, which Next.js has `inspect` look up, and what stands there. Lines of the layer that
 * calls procedures are left out.
 */
function stackOf(error: Error, root: string): ShownStack {
  const bare = new Error(errorMessage(error));
  bare.name = error.name;
  const head = `${error.name}: ${bare.message}`;
  bare.stack = [head, ...(error.stack?.match(/^\s+at .*$/gm) ?? [])].join('\n');
  const lines = inspect(bare, { colors: false }).split('\n');
  const frames = lines.flatMap((line, index) => {
    const place = placeOf(line, root);
    return place ? [{ line, index, place }] : [];
  });
  const told = frames.filter(({ place }) => !isOfLayer(place));
  // Next.js adds the source around the first of them.
  const isFirstTold = told[0] !== undefined && frames[0] === told[0];
  const excerpt = isFirstTold ? lines.slice(lines.findLastIndex((line) => FRAME.test(line)) + 1) : [];
  return {
    places: frames.map(({ place }) => place),
    text: [head, ...told.map(({ line }) => line), ...excerpt].join('\n'),
  };
}

/** What PostgreSQL adds to its message. */
const Said = z.object({ detail: z.string(), hint: z.string(), code: z.string() }).partial();

function adviceOn(error: Error): string[] {
  const { detail, hint, code } = Said.catch({}).parse(error);
  const isOldSchema = code === '42703' || code === '42P01';
  return [
    ...(detail === undefined ? [] : [`detail: ${detail}`]),
    ...(hint === undefined ? [] : [`hint: ${hint}`]),
    ...(isOldSchema
      ? [
          'After a change of server/db/schema/index.ts, npm run db:generate writes the migration, which this server then applies.',
        ]
      : []),
  ];
}

/**
 * Returns what the terminal shows of an error in development. Unlike the log of production (describe.ts) it has the messages.
 * @param root the folder of the project, to which places are relative.
 */
export function showError(error: unknown, root: string = process.cwd()): ShownError {
  const chain = chainOf(error);
  const innermost = chain.at(-1);
  if (!innermost) {
    const text = cutText(inspect(error, { depth: 2 }), MAX_MESSAGE_BYTES);
    return { title: `thrown, but no Error: ${text}`, text: '' };
  }
  const stacks = chain.map((each) => stackOf(each, root));
  const places = stacks.flatMap((stack) => stack.places);
  // tRPC's own errors are thrown by what calls procedures, whose lines tell nothing.
  const last = chain[0]?.name === 'TRPCError' ? undefined : places[0];
  const place = places.find((each) => !isOfLayer(each)) ?? last;
  const messages = chain.map((each) => `${each.name}: ${errorMessage(each)}`);
  const text = chain.flatMap((each, index) => [
    (index === 0 ? '' : 'caused by ') + (stacks[index]?.text ?? ''),
    ...adviceOn(each),
  ]);
  return {
    title: messages.join(', caused by '),
    ...(place && { place: `${place.file}:${place.line}` }),
    text: cutText(text.join('\n'), MAX_ERROR_BYTES),
  };
}

const Line = z.looseObject({
  level: z.number(),
  time: z.number(),
  msg: z.string().default(''),
  requestId: z.string().optional(),
  procedure: z.string().optional(),
  err: z.object({ title: z.string(), place: z.string().optional(), text: z.string() }).optional(),
});

const LEVELS = [
  [60, 'FATAL', 'red'],
  [50, 'ERROR', 'red'],
  [40, 'warn', 'yellow'],
  [30, 'info', 'green'],
] as const;

const indent = (text: string) => text.replaceAll(/^(?=.)/gm, '    ');

/**
 * Writes a line of the log as people read it.
 * @param line JSON, with errors as `showError` returns them.
 * @param paint colours a text, where the terminal has colours.
 */
export function formatLine(
  line: string,
  paint: (style: 'red' | 'yellow' | 'green' | 'gray' | 'bold', text: string) => string,
): string {
  const {
    level,
    time,
    msg,
    requestId,
    procedure,
    err,
    pid: _p,
    hostname: _h,
    ...rest
  } = Line.parse(JSON.parse(line));
  const [, name, colour] = LEVELS.find(([from]) => level >= from) ?? [0, 'debug', 'gray' as const];
  const clock = paint('gray', new Date(time).toTimeString().slice(0, 8));
  const what = [msg, ...(procedure === undefined ? [] : [paint('bold', procedure)])].join(': ');
  const fields = Object.entries(rest).map(
    ([field, value]) => `${field}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const request = requestId === undefined ? [] : [`request ${requestId}`];
  if (!err) {
    return `${clock} ${paint(colour, name)} ${[what, paint('gray', [...fields, ...request].join(' '))].join(' ')}\n`;
  }
  const shown = [
    paint(colour, err.title),
    ...(err.place === undefined ? [] : [`at ${paint('bold', err.place)}`]),
    ...request,
    paint('gray', fields.join(' ')),
    ...(err.text === '' ? [] : [paint('gray', err.text)]),
  ];
  return `${clock} ${paint(colour, name)} ${what}\n${indent(shown.join('\n'))}\n`;
}

/** Where the logger of a development server writes: the terminal, every line at once, also what is repeated. */
export const terminal = {
  write: (line: string): void => {
    process.stderr.write(
      formatLine(line, (style, text) => styleText(style, text, { stream: process.stderr })),
    );
  },
};
