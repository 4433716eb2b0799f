import * as core from 'zod/v4/core';

/** The name of each type of a schema, for people. */
const TYPES: Record<string, string> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  bigint: 'a whole number',
  boolean: 'true or false',
  date: 'a date',
  array: 'a list',
  tuple: 'a list',
  set: 'a set',
  map: 'a map',
  object: 'an object',
  record: 'an object',
  file: 'a file',
  null: 'null',
  undefined: 'omitted',
  void: 'omitted',
  never: 'omitted',
  nan: 'NaN',
};

/** The name of each string format, with an example if the format is not widely known. */
const FORMATS: Record<string, string> = {
  email: 'an email address',
  url: 'a URL, such as https://example.com',
  uuid: 'a UUID',
  guid: 'a UUID',
  datetime: 'a date and time, such as 2026-01-31T12:00:00Z',
  date: 'a date, such as 2026-01-31',
  time: 'a time, such as 12:00:00',
  duration: 'a duration, such as P1DT12H',
  ipv4: 'an IPv4 address',
  ipv6: 'an IPv6 address',
  cidrv4: 'a range of IPv4 addresses, such as 10.0.0.0/8',
  cidrv6: 'a range of IPv6 addresses, such as 2001:db8::/32',
  mac: 'a MAC address',
  base64: 'encoded in base64',
  base64url: 'encoded in base64url',
  json_string: 'JSON',
  e164: 'a phone number, such as +14155550123',
  jwt: 'a JSON Web Token',
  emoji: 'an emoji',
  lowercase: 'in lower case',
  uppercase: 'in upper case',
};

/** The units of sizes, by type. Other types have items. */
const UNITS: Record<string, [one: string, many: string]> = {
  string: ['character', 'characters'],
  file: ['byte', 'bytes'],
  map: ['entry', 'entries'],
  record: ['field', 'fields'],
};
const NUMBERS = new Set(['number', 'int', 'bigint']);

const quoted = (values: readonly unknown[]) =>
  values.map((value) => (typeof value === 'string' ? JSON.stringify(value) : String(value))).join(', ');

type Issue = core.$ZodRawIssue;

/** The words for a limit: of a number or an amount, and of a date. */
interface Words {
  amount: string;
  moment: string;
}
const LOWEST: Words = { amount: 'at least', moment: 'no earlier than' };
const ABOVE: Words = { amount: 'more than', moment: 'later than' };
const HIGHEST: Words = { amount: 'at most', moment: 'no later than' };
const BELOW: Words = { amount: 'less than', moment: 'earlier than' };

/** Returns the limit that a value must keep, such as `must have at most 10 items`. */
function limited(origin: string, limit: number | bigint, isExact: boolean, words: Words): string {
  const amount = `${isExact ? 'exactly' : words.amount} ${limit}`;
  if (NUMBERS.has(origin)) return `must be ${amount}`;
  if (origin === 'date') return `must be ${words.moment} ${new Date(Number(limit)).toISOString()}`;
  const [one, many] = UNITS[origin] ?? ['item', 'items'];
  return `must have ${amount} ${Number(limit) === 1 ? one : many}`;
}

/** Returns the format that a string must have, by its format and the other fields of its issue. */
function formatted(issue: Extract<Issue, { code: 'invalid_format' }>): string {
  const format = FORMATS[issue.format];
  if (format !== undefined) return `must be ${format}`;
  for (const [field, words] of [
    ['prefix', 'start with'],
    ['suffix', 'end with'],
    ['includes', 'contain'],
  ] as const) {
    if (issue[field] !== undefined) return `must ${words} ${quoted([issue[field]])}`;
  }
  const hasOwnPattern = issue.format === 'regex' || issue.format === 'template_literal';
  return hasOwnPattern && issue.pattern !== undefined
    ? `must match ${issue.pattern}`
    : `is not a valid ${issue.format}`;
}

/** Returns how to fix an issue of zod, as words that follow the name of a field: `must not be empty`. */
export function describeIssue(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'is required';
      return `must be ${TYPES[issue.expected] ?? issue.expected}`;
    case 'too_small': {
      const { origin, minimum, inclusive = true, exact = false } = issue;
      const isAmount = !NUMBERS.has(origin) && origin !== 'date';
      if (isAmount && Number(minimum) === 1 && inclusive && !exact) return 'must not be empty';
      return limited(origin, minimum, exact, inclusive ? LOWEST : ABOVE);
    }
    case 'too_big': {
      const { origin, maximum, inclusive = true, exact = false } = issue;
      return limited(origin, maximum, exact, inclusive ? HIGHEST : BELOW);
    }
    case 'invalid_format':
      return formatted(issue);
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'unrecognized_keys':
      return `has unknown fields: ${quoted(issue.keys)}`;
    case 'invalid_value':
      return issue.values.length === 1
        ? `must be ${quoted(issue.values)}`
        : `must be one of ${quoted(issue.values)}`;
    case 'invalid_union':
      if (issue.inclusive === false) return 'matches more than one of the allowed forms';
      return Array.isArray(issue.options) && issue.options.length > 0
        ? `must be one of ${quoted(issue.options)}`
        : 'matches none of the allowed forms';
    case 'invalid_key':
      return 'has a key that is not allowed';
    case 'invalid_element':
      return 'has an item that is not allowed';
    default:
      return 'is not valid';
  }
}

// Applies to every schema, even of zod/mini, unless a schema has its own message. An application may replace it by its
// own.
core.config({ customError: describeIssue });
