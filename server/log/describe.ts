import { cutText } from '#layer/index';

/** What of an error is logged. Nothing else of it is, because messages and other fields may repeat what a caller has sent. */
export interface ErrorDescription {
  /** The name of its class. */
  type: string;
  /** A code of Node.js, of a library or of our catalogue. */
  code?: string;
  /** The HTTP status of a model provider's response. */
  status?: number;
  /** The five characters by which PostgreSQL says what happened. */
  sqlstate?: string;
  constraint?: string;
  table?: string;
  /** The statement that failed, with `$1` instead of its first parameter. */
  statement?: string;
  /** What the engine says of a mistake in our code, if it names parts of the code only. */
  message?: string;
  /** What zod found: the kind and the place of the first issues. */
  issues?: string[];
  /** Where it was thrown, innermost first. */
  stack?: string[];
  cause?: ErrorDescription;
}

/** The longest text of a statement that is logged. */
export const MAX_STATEMENT_BYTES = 1024;
const MAX_CAUSES = 4;
const MAX_FRAMES = 8;
const MAX_FRAME_BYTES = 160;
const MAX_ISSUES = 3;

const TYPE = /^[A-Za-z_][\w.]{0,59}$/;
const CODE = /^[A-Z][A-Z0-9_]{2,39}$/;
/** All of PostgreSQL's have a digit; codes of Node.js with five letters, such as EPIPE, have none. */
const SQLSTATE = /^(?=.*\d)[0-9A-Z]{5}$/;
/** The longest name in PostgreSQL has 63 bytes. */
const IDENTIFIER = /^[a-z_][a-z0-9_]{0,62}$/;
const FRAME =
  /^ {4}at (?:async )?(?:[\w$.<>[\] #]{1,120} \()?((?:file:\/\/|node:|\/|webpack|[A-Za-z]:\\)[^\s()]{1,400}:\d+:\d+)\)?$/;
/** Messages of V8 for mistakes such as a call of what is no function. */
const MISTAKE =
  /^(?:Cannot (?:read|set) properties of (?:undefined|null) \((?:reading|setting) '[A-Za-z_$]{1,40}'\)|[A-Za-z_$.]{1,80} is not (?:a function|a constructor|defined|iterable))$/;
/** A name of a field in a schema; the keys of a record, which callers may choose, can look different. */
const FIELD = /^[a-z][A-Za-z]{0,30}$/;
const ISSUE_CODE = /^[a-z_]{1,40}$/;

/** A field of anything; `undefined` if it cannot be read. */
function field(value: object, name: string): unknown {
  try {
    return Reflect.get(value, name);
  } catch {
    return undefined;
  }
}

/** The first of some fields whose text has a form. */
function textOf(value: object, names: readonly string[], form: RegExp): string | undefined {
  for (const name of names) {
    const text = field(value, name);
    if (typeof text === 'string' && form.test(text)) return text;
  }
  return undefined;
}

/** The lines of a stack that name a place in the code, without the message above them, and without our folder's name. */
function framesOf(error: object): string[] {
  const stack = field(error, 'stack');
  if (typeof stack !== 'string') return [];
  const message = field(error, 'message');
  const at = typeof message === 'string' && message !== '' ? stack.indexOf(message) : -1;
  const below = at === -1 ? stack : stack.slice(at + String(message).length);
  const frames: string[] = [];
  for (const line of below.slice(0, 20_000).split('\n')) {
    if (frames.length === MAX_FRAMES) break;
    if (!FRAME.test(line)) continue;
    const short = line.slice('    at '.length).replace('file://', '').replace(`${process.cwd()}/`, '');
    frames.push(cutText(short, MAX_FRAME_BYTES));
  }
  return frames;
}

function issuesOf(error: object): string[] {
  const issues = field(error, 'issues');
  if (!Array.isArray(issues)) return [];
  return issues.slice(0, MAX_ISSUES).flatMap((issue: unknown) => {
    if (typeof issue !== 'object' || issue === null) return [];
    const code = textOf(issue, ['code'], ISSUE_CODE);
    const path = field(issue, 'path');
    const places = Array.isArray(path) ? path.slice(0, 10) : [];
    const names = places.map((place) => (typeof place === 'string' && FIELD.test(place) ? place : '*'));
    return [`${code ?? 'invalid'} at ${names.join('.')}`];
  });
}

/** What an error wraps: also the last attempt of the AI SDK, and the first of several addresses of a host. */
function causeOf(error: object): unknown {
  const errors = field(error, 'errors');
  return (
    field(error, 'cause') ?? field(error, 'lastError') ?? (Array.isArray(errors) ? errors[0] : undefined)
  );
}

function describe(error: unknown, depth: number): ErrorDescription {
  if (typeof error !== 'object' || error === null) return { type: typeof error };
  const sqlstate = textOf(error, ['code'], SQLSTATE);
  const code = sqlstate === undefined ? textOf(error, ['kind', 'code'], CODE) : undefined;
  const status = field(error, 'statusCode');
  const constraint = textOf(error, ['constraint_name', 'constraint'], IDENTIFIER);
  const table = textOf(error, ['table_name', 'table'], IDENTIFIER);
  const query = field(error, 'query');
  const message = textOf(error, ['message'], MISTAKE);
  const issues = issuesOf(error);
  const stack = framesOf(error);
  const cause = causeOf(error);
  return {
    type: textOf(error, ['name'], TYPE) ?? 'object',
    ...(code !== undefined && { code }),
    ...(typeof status === 'number' && { status }),
    ...(sqlstate !== undefined && { sqlstate }),
    ...(constraint !== undefined && { constraint }),
    ...(table !== undefined && { table }),
    ...(typeof query === 'string' && { statement: cutText(query, MAX_STATEMENT_BYTES) }),
    ...(message !== undefined && { message }),
    ...(issues.length > 0 && { issues }),
    ...(stack.length > 0 && { stack }),
    ...(cause !== undefined && cause !== null && depth < MAX_CAUSES && { cause: describe(cause, depth + 1) }),
  };
}

/**
 * Returns what may be logged of anything that was thrown: a list of fields, each of a limited size and of a form that leaves
 * no room for what a caller, a database or a model provider has said. Of a chain of causes it describes five.
 */
export const describeError = (error: unknown): ErrorDescription => describe(error, 0);

/** Words without digits, none of them long. */
const PLAIN = /^(?:[A-Za-z][A-Za-z'-]{0,19}[,.:;!?]{0,2}(?: |$)){1,20}$/;

/** Returns a text of a library if it is made of plain words, which its values seldom are; otherwise `undefined`. */
export const plainText = (text: unknown): string | undefined =>
  typeof text === 'string' && text.length <= 200 && PLAIN.test(text) ? text : undefined;
