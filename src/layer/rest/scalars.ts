import { z } from 'zod';
import { isApplicationCheck } from '../call/parse.ts';
import type { Schema } from '../schema/schema.ts';
import { RawText } from './text.ts';

/** A value in the form its schema wants, and whether it has that form: that decides between the options of a union. */
export interface Coerced {
  value: unknown;
  fits: boolean;
}

export type Coerce = (value: unknown) => Coerced;
type Kind = z.core.$ZodTypeDef['type'];
type Parse = (text: string) => unknown;

const NUMBER = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i;
/** Longer numbers are no use to anyone and slow to read. */
const BIGINT = /^-?\d{1,400}$/;
const DATE = z.union([z.iso.datetime({ offset: true }), z.iso.date()]);
/** The date of HTTP headers (RFC 9110, section 5.6.7), such as `Sun, 06 Nov 1994 08:49:37 GMT`. */
const HTTP_DATE = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;

const parseBigint: Parse = (text) => (BIGINT.test(text) ? BigInt(text) : undefined);
const parseDate: Parse = (text) => (DATE.safeParse(text).success ? new Date(text) : undefined);
const parseNumber: Parse = (text) => (NUMBER.test(text) ? Number(text) : undefined);
const parseBoolean: Parse = (text) => (text === 'true' ? true : text === 'false' ? false : undefined);

const parseTextDate: Parse = (text) => {
  if (!HTTP_DATE.test(text)) return parseDate(text);
  const date = new Date(text);
  return date.toUTCString() === text ? date : undefined;
};

/** What a string of JSON stands for, by the kind of schema; `undefined` where it stands for nothing of that kind. */
const FROM_JSON: Partial<Record<Kind, Parse>> = { bigint: parseBigint, date: parseDate };
/** The same for text. */
const FROM_TEXT: Partial<Record<Kind, Parse>> = {
  number: parseNumber,
  boolean: parseBoolean,
  bigint: parseBigint,
  date: parseTextDate,
};

/** Whether a value is of a kind already; kinds that are not listed take anything. */
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
 * Stands for text that is no value of its kind where the schema would make one of it: `z.coerce` takes an empty text for
 * 0 and 0x10 for 16. Neither a number, a bigint nor a date can be made of this.
 */
const NO_VALUE = Number.NaN;
const COERCED: ReadonlySet<Kind> = new Set<Kind>(['number', 'bigint', 'date']);

/** True if a value stands for text that is no value. */
export const isNoValue = (value: unknown): boolean => Object.is(value, NO_VALUE);

/**
 * How a value without parts is read.
 * @param isOption whether it has to decide between the options of a union: then the schema's own limits count as well.
 */
export function scalar(schema: Schema, isOption: boolean): Coerce {
  const { type } = schema._zod.def;
  const isKind = GUARDS[type];
  // Kinds that take anything may hold text further inside, so that stays marked until the end.
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

/** A check of the application's own may be slow, asynchronous, or not meant to run twice. */
function canJudge({ _zod: { def } }: Schema): boolean {
  return !(def.checks ?? []).some(isApplicationCheck);
}

const accepts = (schema: Schema, value: unknown) => z.safeParse(schema, value).success;

/** One of some values; text names it as it is written, and JSON has a bigint as text. */
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
