import { readDate } from './date.ts';

/**
 * The built-in annotations of superjson. Classes, symbols and custom transformers must be registered, and the layer
 * registers none.
 */
export type Kind =
  'undefined' | 'bigint' | 'Date' | 'Error' | 'regexp' | 'set' | 'map' | 'number' | 'URL' | 'typed-array';

const KINDS: readonly Kind[] = [
  'undefined',
  'bigint',
  'Date',
  'Error',
  'regexp',
  'set',
  'map',
  'number',
  'URL',
  'typed-array',
];

/** Returns a set of kinds as a number, with a bit for each. */
export const kindBits = (kinds: readonly Kind[]): number =>
  kinds.reduce((bits, kind) => bits | (1 << KINDS.indexOf(kind)), 0);

export const ALL_KINDS = kindBits(KINDS);

/** How the JSON of an annotated value becomes a value. */
export interface Conversion {
  kind: Kind;
  /** The bit of its kind. */
  bit: number;
  /** True if the value takes some microseconds to build. */
  isSlow: boolean;
  /** True if the JSON has the form that superjson sends for this kind, and is not too large to be converted. */
  accepts: (json: unknown) => boolean;
  /**
   * Builds the value.
   * @throws {Error} for JSON that is not accepted, or is not a valid value, such as a malformed URL.
   */
  convert: (json: unknown) => unknown;
}

/** Dates have 24 to 27 characters. */
const MAX_DATE = 40;
/** The time to parse and print longer numbers grows faster than their length. */
const BIGINT = /^-?\d{1,1000}$/;
const MAX_URL = 8192;
/** The layer does not run the expression. Code that runs an expression of a caller must limit its time. */
const MAX_REGEXP = 1000;
const SLOW = new Set<Kind>(['Error', 'regexp', 'URL']);
const NUMBERS = new Set<unknown>(['NaN', 'Infinity', '-Infinity', '-0']);

const isText = (json: unknown, max: number): json is string => typeof json === 'string' && json.length <= max;
const isList = (json: unknown): json is readonly unknown[] => Array.isArray(json);
const isPair = (json: unknown): json is [unknown, unknown] => isList(json) && json.length === 2;
const isPairs = (json: unknown): json is readonly [unknown, unknown][] => isList(json) && json.every(isPair);
/** JSON has `null` in place of NaN and the infinities. */
const isNumbers = (json: unknown): json is readonly number[] =>
  isList(json) && json.every((item) => typeof item === 'number' || item === null);

interface ErrorJson {
  name: string;
  message: string;
  cause?: unknown;
  stack?: unknown;
}
const isError = (json: unknown): json is ErrorJson =>
  typeof json === 'object' &&
  json !== null &&
  typeof Reflect.get(json, 'name') === 'string' &&
  typeof Reflect.get(json, 'message') === 'string';

/** Creates a conversion of JSON in the form that `isForm` checks. */
function conversion<T>(
  kind: Kind,
  isForm: (json: unknown) => json is T,
  make: (json: T) => unknown,
): Conversion {
  return {
    kind,
    bit: kindBits([kind]),
    isSlow: SLOW.has(kind),
    accepts: isForm,
    convert(json) {
      if (isForm(json)) return make(json);
      throw new TypeError(`The JSON is not in superjson's form for ${kind}.`);
    },
  };
}

function makeError({ name, message, cause, stack }: ErrorJson): Error {
  const { stackTraceLimit } = Error;
  try {
    // The sent stack replaces this one, and capturing it would take most of the time.
    Error.stackTraceLimit = 0;
    const error = new Error(message, { cause });
    error.name = name;
    Reflect.set(error, 'stack', stack);
    return error;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function makeRegExp(text: string): RegExp {
  const end = text.lastIndexOf('/');
  return new RegExp(text.slice(1, end), text.slice(end + 1));
}

const SIMPLE = new Map<unknown, Conversion>(
  [
    conversion(
      'undefined',
      (json) => json === null,
      () => undefined,
    ),
    conversion('bigint', (json): json is string => typeof json === 'string' && BIGINT.test(json), BigInt),
    conversion('Date', (json) => isText(json, MAX_DATE), readDate),
    conversion('Error', isError, makeError),
    conversion('regexp', (json) => isText(json, MAX_REGEXP), makeRegExp),
    conversion('set', isList, (items) => new Set(items)),
    conversion('map', isPairs, (pairs) => new Map(pairs)),
    conversion('number', (json): json is string => NUMBERS.has(json), Number),
    conversion(
      'URL',
      (json) => isText(json, MAX_URL),
      (text) => new URL(text),
    ),
  ].map((each) => [each.kind, each]),
);

const ARRAYS = new Map<unknown, Conversion>(
  [
    Int8Array,
    Uint8Array,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    Float32Array,
    Float64Array,
    Uint8ClampedArray,
  ].map((TypedArray) => [
    TypedArray.name,
    // Only a list is accepted. From an object with a `length`, the caller would choose the size of the array.
    conversion('typed-array', isNumbers, (items) => new TypedArray(items)),
  ]),
);

/**
 * Returns the conversion of an annotation, such as `Date` or `['typed-array', 'Uint8Array']`; `undefined` for others.
 */
export function conversionOf(type: unknown): Conversion | undefined {
  if (!isPair(type)) return SIMPLE.get(type);
  return type[0] === 'typed-array' ? ARRAYS.get(type[1]) : undefined;
}
