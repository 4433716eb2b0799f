import type { JsonSchema } from '../openapi/json-schema.ts';

/** The length from which JSON is cut in a line of text. */
const MAX_TEXT = 200;

/** Returns a value as JSON in one line, cut if it is long. */
export function textOf(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}

/** The formats in words. Others are shown as they are. */
const FORMATS: Readonly<Record<string, string>> = {
  'date-time': 'a date and time in ISO 8601',
  date: 'a date in ISO 8601',
  time: 'a time in ISO 8601',
  duration: 'a duration in ISO 8601',
  email: 'an email address',
  uri: 'a URL',
  uuid: 'a UUID',
  ipv4: 'an IPv4 address',
  ipv6: 'an IPv6 address',
  byte: 'in base64',
  binary: '',
};

const number = (value: number) => value.toLocaleString('en-US', { maximumFractionDigits: 20 });

/** Returns a range in words, such as `1 to 200 characters`; `undefined` if there is none. */
function range(min: number | undefined, max: number | undefined, unit: string): string | undefined {
  const of = (count: number) => (unit === '' ? '' : ` ${count === 1 ? unit : `${unit}s`}`);
  if (min !== undefined && min === max) return `exactly ${number(min)}${of(min)}`;
  const from = min === 0 && unit !== '' ? undefined : min;
  if (from !== undefined && max !== undefined) return `${number(from)} to ${number(max)}${of(max)}`;
  if (from !== undefined) return `at least ${number(from)}${of(from)}`;
  return max === undefined ? undefined : `at most ${number(max)}${of(max)}`;
}

/** Returns what restricts the values of a schema, apart from its type, in words. */
export function constraintsOf(schema: JsonSchema): string[] {
  const { minLength, maxLength, pattern, format, contentMediaType, contentEncoding } = schema;
  const { exclusiveMinimum, exclusiveMaximum, multipleOf, uniqueItems, propertyNames } = schema;
  const { minItems, maxItems, minProperties, maxProperties } = schema;
  const known = format === undefined ? undefined : (FORMATS[format] ?? `format ${format}`);
  // The limits of safe integers are those of every number in JSON.
  const minimum = schema.minimum === Number.MIN_SAFE_INTEGER ? undefined : schema.minimum;
  const maximum = schema.maximum === Number.MAX_SAFE_INTEGER ? undefined : schema.maximum;
  const names = typeof propertyNames === 'object' ? constraintsOf({ ...propertyNames }) : [];
  const keys = typeof propertyNames === 'object' && 'enum' in propertyNames ? propertyNames.enum : undefined;
  const all = [
    known,
    range(minLength, maxLength, 'character'),
    range(minimum, maximum, ''),
    exclusiveMinimum !== undefined && `greater than ${number(exclusiveMinimum)}`,
    exclusiveMaximum !== undefined && `less than ${number(exclusiveMaximum)}`,
    multipleOf !== undefined && `a multiple of ${number(multipleOf)}`,
    range(minItems, maxItems, 'item'),
    uniqueItems === true && 'no duplicates',
    range(minProperties, maxProperties, 'entry')?.replace(/entrys$/, 'entries'),
    contentMediaType !== undefined && `media type ${contentMediaType}`,
    contentEncoding !== undefined && contentEncoding !== '' && `encoding ${contentEncoding}`,
    // The patterns of known formats say less than their names.
    pattern !== undefined && !known && `matches ${pattern}`,
    ...names.map((text) => `keys: ${text}`),
    keys && `keys: ${keys.map((key) => textOf(key)).join(', ')}`,
  ];
  return all.flatMap((text) => (typeof text === 'string' && text !== '' ? [text] : []));
}
