import * as core from 'zod/v4/core';
import { isApplicationCheck } from '../call/parse.ts';
import type { Schema } from '../schema/schema.ts';
import { RawText } from './text.ts';

/** A converted value. */
export interface Coerced {
  value: unknown;
  /** True if the value has the type that its schema expects. It decides between the options of a union. */
  fits: boolean;
}

/** Converts a value of a request into the type that a schema expects. */
export type Coerce = (value: unknown) => Coerced;
type Kind = core.$ZodTypeDef['type'];
type Parse = (text: string) => unknown;

const NUMBER = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i;
/** Longer numbers are slow to parse, and not needed in practice. */
const BIGINT = /^-?\d{1,400}$/;
const DATES = [core.regexes.datetime({ offset: true }), core.regexes.date];
/** The date of HTTP headers (RFC 9110, section 5.6.7), such as `Sun, 06 Nov 1994 08:49:37 GMT`. */
const HTTP_DATE = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;

const parseBigint: Parse = (text) => (BIGINT.test(text) ? BigInt(text) : undefined);
const parseDate: Parse = (text) => (DATES.some((date) => date.test(text)) ? new Date(text) : undefined);
const parseNumber: Parse = (text) => (NUMBER.test(text) ? Number(text) : undefined);
const parseBoolean: Parse = (text) => (text === 'true' ? true : text === 'false' ? false : undefined);

const parseTextDate: Parse = (text) => {
  if (!HTTP_DATE.test(text)) return parseDate(text);
  const date = new Date(text);
  return date.toUTCString() === text ? date : undefined;
};

/**
 * The parsers of strings in JSON, by the kind of schema. They return `undefined` for a string that is not of that kind.
 */
const FROM_JSON: Partial<Record<Kind, Parse>> = { bigint: parseBigint, date: parseDate };
/** The parsers of text. */
const FROM_TEXT: Partial<Record<Kind, Parse>> = {
  number: parseNumber,
  boolean: parseBoolean,
  bigint: parseBigint,
  date: parseTextDate,
};

/** Checks that a value is of a kind. Kinds that are not listed accept anything. */
const GUARDS: Partial<Record<Kind, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  template_literal: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
  bigint: (value) => typeof value === 'bigint',
  date: (value) => value instanceof Date,
  file: (value) => value instanceof File,
  null: (value) => value === null,
  undefined: (value) => value === undefined,
};

/**
 * Replaces text that is not a valid value, if the schema would accept it anyway: `z.coerce` reads empty text as 0 and
 * 0x10 as 16. NaN cannot be coerced to a number, a bigint or a date.
 */
const NO_VALUE = Number.NaN;
const COERCED: ReadonlySet<Kind> = new Set<Kind>(['number', 'bigint', 'date']);

/** True if a value replaces text that is not a valid value. */
export const isNoValue = (value: unknown): boolean => Object.is(value, NO_VALUE);

/**
 * Compiles the conversion of a value without members.
 * @param isOption true if the result decides between the options of a union. Then the limits of the schema also count.
 */
export function scalar(schema: Schema, isOption: boolean): Coerce {
  const { type } = schema._zod.def;
  const isKind = GUARDS[type];
  // A kind that accepts anything may contain text at any depth. `plain` removes its marks at the end.
  if (!isKind) return (value) => ({ value, fits: true });
  const fits = isOption && canJudge(schema) ? (value: unknown) => accepts(schema, value) : isKind;
  const coerces = COERCED.has(type) && 'coerce' in schema._zod.def && schema._zod.def.coerce === true;
  return (value) => {
    const bare = value instanceof RawText ? value.value : value;
    const parse = (value instanceof RawText ? FROM_TEXT : FROM_JSON)[type];
    const parsed = parse && typeof bare === 'string' ? parse(bare) : undefined;
    if (parsed === undefined && coerces && value instanceof RawText) return { value: NO_VALUE, fits: false };
    const read = parsed === undefined ? bare : parsed;
    return { value: read, fits: fits(read) };
  };
}

/** True if no check is a function of the application, which may be slow, asynchronous, or not meant to run twice. */
function canJudge({ _zod: { def } }: Schema): boolean {
  return !(def.checks ?? []).some(isApplicationCheck);
}

const accepts = (schema: Schema, value: unknown) => core.safeParse(schema, value).success;

/**
 * Compiles the conversion to one of some values. Text matches a value as it is printed, and JSON has a bigint as a
 * string.
 */
export function oneOf(values: readonly unknown[]): Coerce {
  const byText = new Map(values.map((value) => [String(value), value]));
  return (value) => {
    if (!(value instanceof RawText)) {
      if (values.includes(value)) return { value, fits: true };
      const big = typeof value === 'string' ? byText.get(value) : undefined;
      return typeof big === 'bigint' ? { value: big, fits: true } : { value, fits: false };
    }
    const named = byText.get(value.value);
    return named === undefined ? { value, fits: false } : { value: named, fits: true };
  };
}
