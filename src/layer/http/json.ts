import { type ApiError, CoreError } from '../errors/api-error.ts';
import { MAX_JSON_DEPTH, MAX_JSON_VALUES } from '../limits.ts';

/** The limits of JSON from a client. */
export interface JsonLimits {
  /**
   * The maximum number of values. Each item, each field and the whole count as one. Default: MAX_JSON_VALUES, 10,000.
   */
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
/** The length of its longest spelling, with an escape such as \u005f for each character. */
const LONGEST_PROTO = PROTO.length * String.raw`\u005f`.length;

/**
 * Checks JSON before it is parsed, in one pass over the text: its depth, its number of values, and that no key is
 * `__proto__`. Code that copies an object with that key by assignment would change the prototype of the copy. Text that
 * is not JSON may pass: parsing then fails at the first error, within the work that was checked here.
 * @returns the number of values.
 * @throws {ApiError} BAD_REQUEST, with the limit in its detail.
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
        // The commas counted all members except one.
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

/**
 * True if `checkJson` would certainly accept a text, at a small part of its cost: a short text with few brackets, in
 * which the key cannot be. Its length is at least the number of its values.
 */
export function isHarmless(text: string, { maxValues = MAX_JSON_VALUES }: JsonLimits = {}): boolean {
  if (text.length >= maxValues || text.includes('\\') || text.includes(PROTO)) return false;
  return countOf('{', text) + countOf('[', text) <= MAX_JSON_DEPTH;
}

/** Returns how often a character is in a text, or a number above MAX_JSON_DEPTH if that is too often. */
function countOf(char: string, text: string): number {
  let count = 0;
  for (let at = text.indexOf(char); at !== -1; at = text.indexOf(char, at + 1)) {
    if (++count > MAX_JSON_DEPTH) break;
  }
  return count;
}

/**
 * Skips the string that begins at `start`, and the whitespace after it.
 * @returns the index of the last skipped character.
 * @throws {ApiError} BAD_REQUEST if it is a key `__proto__`.
 */
function skipString(text: string, start: number): number {
  const end = endOfString(text, start + 1);
  let next = end + 1;
  while (text.charCodeAt(next) <= SPACE) next++;
  if (text.charCodeAt(next) === COLON && isProto(text, start + 1, end)) {
    throw new CoreError('BAD_REQUEST', { detail: `The JSON must not have a key named ${PROTO}.` });
  }
  return next - 1;
}

/**
 * Returns the index of the quotation mark that ends a string. Few strings have escapes, so it tries `indexOf` first.
 */
function endOfString(text: string, start: number): number {
  const mark = text.indexOf('"', start);
  if (mark === -1) return text.length;
  if (text.charCodeAt(mark - 1) !== BACKSLASH) return mark;
  let at = start;
  while (at < text.length && text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
  return at;
}

/** True if a key is `__proto__`, with or without escapes. */
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
  new CoreError('BAD_REQUEST', { detail: `The JSON must not nest more than ${MAX_JSON_DEPTH} levels deep.` });

/** Returns the error for an input of more than `maxValues` values. */
export const tooMany = (maxValues: number): ApiError =>
  new CoreError('BAD_REQUEST', {
    detail:
      `The input can contain at most ${maxValues} values. Send less at once. ` +
      'If the procedure needs more, raise `limits.maxValues` in its meta.',
  });
