import { inspect } from 'node:util';
import { z } from 'zod';
import { cutText } from '#layer/index';

/** The maximum size of a shown error, in bytes. */
const MAX_ERROR_BYTES = 8192;
const MAX_MESSAGE_BYTES = 1024;
const MAX_CAUSES = 4;
const MAX_ISSUES = 5;

/** A line of a stack that names a place in a file. */
const FRAME = /^\s+at (?:.*\(|async )?(?:file:\/\/)?(\S(?:[^()]|\([\w-]+\))*?):(\d+):\d+\)?$/;
/** The code that calls procedures, and the code that they call. A bug is rarely there. */
const LAYER =
  /^(app\/api\/|routers\/api\.ts$|src\/layer\/|server\/((gate|procedures|people\/streams)\.ts$|(db|stores|transport)\/))/;

/** The parts of an error that the terminal shows in development. */
export interface ShownError {
  /** The class and the message. */
  title: string;
  /** The first line of our own code in its stack, such as `routers/chat.ts:12`. */
  place?: string;
  /** The whole error: stacks, causes, and the details of the database. */
  text: string;
}

/** Returns a path relative to the project, or null if it is not one of our sources. */
function ownPath(path: string, root: string): string | null {
  const file = path.replaceAll('\\', '/').replace(`${root.replaceAll('\\', '/')}/`, '');
  const isForeign = /^(\/|[A-Za-z]:|\w+:)|(^|\/)(node_modules|\.next)\//.test(file);
  return isForeign || !/\.[cm]?[jt]sx?$/.test(file) ? null : file;
}

interface Place {
  file: string;
  line: string;
}

/** Returns the place that a line of a stack names, if it is in our own code. */
function placeOf(frame: string, root: string): Place | undefined {
  const [, path = '', line = ''] = FRAME.exec(frame) ?? [];
  const file = ownPath(path, root);
  return file === null ? undefined : { file, line };
}

const isOfLayer = ({ file }: Place) => LAYER.test(file);

/** Returns the error and its chain of causes. */
function chainOf(error: unknown): Error[] {
  const chain: Error[] = [];
  for (let each = error; each instanceof Error && chain.length <= MAX_CAUSES; each = each.cause) {
    if (chain.includes(each)) break;
    chain.push(each);
  }
  return chain;
}

/** Returns the message of an error, without the parameters of a statement, because these are data of callers. */
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
 * Returns the stack with lines of the sources, which `inspect` maps if Next.js has set it up, and with an excerpt of
 * the source. Lines of the layer that calls procedures are left out.
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
  const shown = frames.filter(({ place }) => !isOfLayer(place));
  // Next.js adds the source around the first frame.
  const isFirstShown = shown[0] !== undefined && frames[0] === shown[0];
  const excerpt = isFirstShown ? lines.slice(lines.findLastIndex((line) => FRAME.test(line)) + 1) : [];
  return {
    places: frames.map(({ place }) => place),
    text: [head, ...shown.map(({ line }) => line), ...excerpt].join('\n'),
  };
}

/** The fields that PostgreSQL adds to its message. */
const PostgresFields = z.object({ detail: z.string(), hint: z.string(), code: z.string() }).partial();

function adviceOn(error: Error): string[] {
  const { detail, hint, code } = PostgresFields.catch({}).parse(error);
  const isOldSchema = code === '42703' || code === '42P01';
  return [
    ...(detail === undefined ? [] : [`detail: ${detail}`]),
    ...(hint === undefined ? [] : [`hint: ${hint}`]),
    ...(isOldSchema
      ? [
          'After a change of server/db/schema/, run npm run db:generate. The server then applies the new migration.',
        ]
      : []),
  ];
}

/**
 * Returns the text that the terminal shows for an error in development. Unlike the log in production (describe.ts), it
 * includes the messages.
 * @param root the folder of the project. Places are relative to it.
 */
export function showError(error: unknown, root: string = process.cwd()): ShownError {
  const chain = chainOf(error);
  const innermost = chain.at(-1);
  if (!innermost) {
    const text = cutText(inspect(error, { depth: 2 }), MAX_MESSAGE_BYTES);
    return { title: `thrown, but not an Error: ${text}`, text: '' };
  }
  const stacks = chain.map((each) => stackOf(each, root));
  const places = stacks.flatMap((stack) => stack.places);
  // tRPC's own errors are thrown by the code that calls procedures, so their lines do not help.
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
