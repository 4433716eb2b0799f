import { type ApiError, CoreError } from '../errors/api-error.ts';
import { MAX_JSON_DEPTH, MAX_JSON_VALUES } from '../limits.ts';

/** What JSON of a caller may cost. */
export interface JsonLimits {
  /** How many values it may hold: each item and each field counts, and so does the whole. Default MAX_JSON_VALUES. */
  maxValues?: number;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const UNDERSCORE = 0x5f;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const SPACE = 0x20;

const PROTO = '__proto__';
/** The longest spelling of it, with an escape such as \u005f for each character. */
const LONGEST_PROTO = PROTO.length * String.raw`\u005f`.length;

/**
 * Checks JSON before it is parsed, in one pass over the text: how deep it nests, how many values it holds, and that no
 * key is `__proto__`, by which code that copies objects by assignment would give the copy another prototype. Text that
 * is not JSON may pass; parsing finds the first error after no more work than was checked here.
 * @returns the number of values.
 * @throws {ApiError} BAD_REQUEST, which names the limit.
 */
export function checkJson(text: string, { maxValues = MAX_JSON_VALUES }: JsonLimits = {}): number {
  let values = 1;
  let depth = 0;
  let isEmpty = false;
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (char <= SPACE) continue;
    switch (char) {
      case QUOTE:
        i = skipString(text, i);
        isEmpty = false;
        break;
      case OPEN_LIST:
      case OPEN_OBJECT:
        if (++depth > MAX_JSON_DEPTH) throw tooDeep();
        isEmpty = true;
        break;
      case CLOSE_LIST:
      case CLOSE_OBJECT:
        depth--;
        // Commas count all members but one.
        if (!isEmpty && ++values > maxValues) throw tooMany(maxValues);
        isEmpty = false;
        break;
      case COMMA:
        if (++values > maxValues) throw tooMany(maxValues);
        break;
      default:
        isEmpty = false;
    }
  }
  return values;
}

/** Skips the string that begins at `start`, and what stands between a key and its colon. @returns the last index of it. */
function skipString(text: string, start: number): number {
  const end = endOfString(text, start + 1);
  let next = end + 1;
  while (text.charCodeAt(next) <= SPACE) next++;
  if (text.charCodeAt(next) === COLON && isProto(text, start + 1, end)) {
    throw new CoreError('BAD_REQUEST', { detail: `The JSON may not have a key named ${PROTO}.` });
  }
  return next - 1;
}

/** The index of the quotation mark that ends a string. Few strings have escapes, so it is looked for natively first. */
function endOfString(text: string, start: number): number {
  const mark = text.indexOf('"', start);
  if (mark === -1) return text.length;
  if (text.charCodeAt(mark - 1) !== BACKSLASH) return mark;
  let at = start;
  while (at < text.length && text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
  return at;
}

/** True if the characters of a key spell `__proto__`, as they are or with escapes. */
function isProto(text: string, start: number, end: number): boolean {
  const length = end - start;
  if (length === PROTO.length) return text.startsWith(PROTO, start);
  if (length < PROTO.length || length > LONGEST_PROTO) return false;
  const first = text.charCodeAt(start);
  if (first !== UNDERSCORE && first !== BACKSLASH) return false;
  const key = text
    .slice(start, end)
    .replace(/\\u([\da-f]{4})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return key === PROTO;
}

const tooDeep = () =>
  new CoreError('BAD_REQUEST', { detail: `The JSON may nest ${MAX_JSON_DEPTH} levels deep at most.` });

/** The error for input of more than `maxValues` values. */
export const tooMany = (maxValues: number): ApiError =>
  new CoreError('BAD_REQUEST', {
    detail:
      `The input may hold ${maxValues} values at most. Send less at once. ` +
      'If the procedure needs more, raise `limits.maxValues` in its meta.',
  });
