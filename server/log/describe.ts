import { cutText } from '#layer/index';

/** The logged fields of an error. All others are dropped, because they may repeat data that a caller sent. */
export interface ErrorDescription {
  /** The name of its class. */
  type: string;
  /** A code of Node.js, of a library or of our catalog. */
  code?: string;
  /** The HTTP status of a model provider's response. */
  status?: number;
  /** PostgreSQL's error code, five characters long. */
  sqlstate?: string;
  constraint?: string;
  table?: string;
  /** The statement that failed, with placeholders such as `$1` instead of its parameters. */
  statement?: string;
  /** V8's message about a bug in our code, if it only names parts of the code. */
  message?: string;
  /** The codes and paths of zod's first issues. */
  issues?: string[];
  /** The places in the code where it was thrown, innermost first. */
  stack?: string[];
  cause?: ErrorDescription;
}

/** The maximum length of a logged statement. */
export const MAX_STATEMENT_BYTES = 1024;
const MAX_CAUSES = 4;
const MAX_FRAMES = 8;
const MAX_FRAME_BYTES = 160;
const MAX_ISSUES = 3;

const TYPE = /^[A-Za-z_][\w.]{0,59}$/;
const CODE = /^[A-Z][A-Z0-9_]{2,39}$/;
/** All codes of PostgreSQL have a digit. Node.js's codes with five letters, such as EPIPE, have none. */
const SQLSTATE = /^(?=.*\d)[0-9A-Z]{5}$/;
/** The longest name in PostgreSQL has 63 bytes. */
const IDENTIFIER = /^[a-z_][a-z0-9_]{0,62}$/;
const FRAME =
  /^ {4}at (?:async )?(?:[\w$.<>[\] #]{1,120} \()?((?:file:\/\/|node:|\/|webpack|[A-Za-z]:\\)[^\s()]{1,400}:\d+:\d+)\)?$/;
/** Messages of V8 about bugs, such as a call of a value that is not a function. */
const MISTAKE =
  /^(?:Cannot (?:read|set) properties of (?:undefined|null) \((?:reading|setting) '[A-Za-z_$]{1,40}'\)|[A-Za-z_$.]{1,80} is not (?:a function|a constructor|defined|iterable))$/;
/** The name of a field in a schema. Keys of a record are chosen by callers, and may look different. */
const FIELD = /^[a-z][A-Za-z]{0,30}$/;
const ISSUE_CODE = /^[a-z_]{1,40}$/;

/** Returns a field of an object, or `undefined` if it cannot be read. */
function field(value: object, name: string): unknown {
  try {
    return Reflect.get(value, name);
  } catch {
    return undefined;
  }
}

/** Returns the first of the fields that is a string and matches `form`. */
function textOf(value: object, names: readonly string[], form: RegExp): string | undefined {
  for (const name of names) {
    const text = field(value, name);
    if (typeof text === 'string' && form.test(text)) return text;
  }
  return undefined;
}

/** Returns the lines of a stack that name a place in the code, without the message and without the project's folder. */
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

/** Returns the cause of an error, including the AI SDK's last attempt and the first error of an AggregateError. */
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
 * Returns the loggable description of any thrown value. Each field has a limited size and a form that cannot contain
 * data of a caller, a database or a model provider. At most five errors of a chain of causes are described.
 */
export const describeError = (error: unknown): ErrorDescription => describe(error, 0);

/** Words without digits, none of them long. */
const PLAIN = /^(?:[A-Za-z][A-Za-z'-]{0,19}[,.:;!?]{0,2}(?: |$)){1,20}$/;

/** Returns a text of a library if it consists of plain words, which values rarely do; otherwise `undefined`. */
export const plainText = (text: unknown): string | undefined =>
  typeof text === 'string' && text.length <= 200 && PLAIN.test(text) ? text : undefined;
