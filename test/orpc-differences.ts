import type { TestRequest, Outcome } from './orpc.ts';

type AcceptedBy = 'us' | 'them' | 'both';

/** A difference between this project's surface and oRPC's handler. */
export interface Difference {
  /** Its name in docs/compatibility.md, which explains it. */
  name: string;
  /** Which of the two accepts a request that the other rejects, or `both` if they read it differently. */
  acceptedBy: readonly AcceptedBy[];
  /** True if the difference can affect a request. */
  isAbout: (request: TestRequest) => boolean;
}

const NUMERAL = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/;

const isJson = ({ method, type }: TestRequest) => method === 'POST' && type === undefined;
/** Returns the names and values in the query or the form of a request. */
const pairsOf = ({ query, body, type }: TestRequest) => [
  ...new URLSearchParams(type === undefined ? (query ?? '') : body),
];
const jsonOf = (request: TestRequest) => (isJson(request) ? (request.body ?? '') : '');
const isOneOf = ({ schema }: TestRequest, ...names: string[]) => names.includes(schema);

const hasName = (request: TestRequest, pattern: RegExp) =>
  pairsOf(request).some(([name]) => pattern.test(name));
const hasValue = (request: TestRequest, test: (value: string) => boolean) =>
  pairsOf(request).some(([, value]) => test(value));
/** True if a name has its own value besides values inside it, as in `v=1&v[a]=2`. */
const hasValueBesideInside = (request: TestRequest) => {
  const names = pairsOf(request).map(([name]) => name);
  return names
    .map((name) => name.replace(/\[\]$/, ''))
    .some((name) => names.some((other) => other.startsWith(`${name}[`) && other[name.length + 1] !== ']'));
};
/** True if a name has its own value before one with empty brackets, as in `v=1&v[]=2`. */
const hasValueBeforeBrackets = (request: TestRequest) => {
  const names = pairsOf(request).map(([name]) => name);
  return names.some((name, index) => names.indexOf(`${name}[]`, index + 1) > index);
};
const isRepeated = (request: TestRequest) =>
  new Set(pairsOf(request).map(([name]) => name)).size < pairsOf(request).length;

/** All known differences. */
export const DIFFERENCES: Difference[] = [
  { name: 'Unknown fields', acceptedBy: ['both'], isAbout: (request) => isOneOf(request, 'stripped') },
  {
    name: 'A list of one',
    acceptedBy: ['us'],
    isAbout: (request) => !isJson(request) && isOneOf(request, 'numbers', 'strings', 'set'),
  },
  {
    name: 'JSON in a query or a form',
    acceptedBy: ['us'],
    isAbout: (request) =>
      !isJson(request) &&
      isOneOf(request, 'object', 'objects', 'record') &&
      hasValue(request, (value) => /^[[{]/.test(value)),
  },
  {
    name: 'Numerals',
    acceptedBy: ['them'],
    isAbout: (request) => hasValue(request, (value) => !NUMERAL.test(value) && !Number.isNaN(Number(value))),
  },
  {
    name: 'Numerals in enums and literals',
    acceptedBy: ['them'],
    isAbout: (request) =>
      isOneOf(request, 'numberEnum', 'literal', 'literals') &&
      hasValue(request, (value) => /^0\d/.test(value)),
  },
  {
    name: 'Words for booleans',
    acceptedBy: ['them'],
    isAbout: (request) => hasValue(request, (value) => /^(on|off|TRUE)$/.test(value)),
  },
  {
    name: 'Days that are none',
    acceptedBy: ['them'],
    isAbout: (request) => isOneOf(request, 'date') && JSON.stringify(request).includes('2026-02-30'),
  },
  {
    name: 'The order of a union',
    acceptedBy: ['both'],
    isAbout: (request) => isOneOf(request, 'numberFirst'),
  },
  {
    name: 'Preprocessing',
    acceptedBy: ['them'],
    isAbout: (request) => !isJson(request) && isOneOf(request, 'preprocess'),
  },
  { name: 'Maps', acceptedBy: ['us', 'them'], isAbout: (request) => isOneOf(request, 'map') },
  {
    name: 'Numbered names',
    acceptedBy: ['both'],
    isAbout: (request) => isOneOf(request, 'unknown') && hasName(request, /\[\d\]/),
  },
  {
    name: 'Numbered names for a single value',
    acceptedBy: ['them'],
    isAbout: (request) => isOneOf(request, 'coerce') && hasName(request, /\[\d\]/),
  },
  {
    name: 'A value and names in brackets',
    acceptedBy: ['them'],
    isAbout: hasValueBesideInside,
  },
  {
    name: 'A value before empty brackets',
    acceptedBy: ['us', 'them', 'both'],
    isAbout: hasValueBeforeBrackets,
  },
  {
    name: 'Lists for records',
    acceptedBy: ['them'],
    isAbout: (request) =>
      isOneOf(request, 'record') &&
      (isRepeated(request) || hasName(request, /^v\[\]/) || jsonOf(request).includes('[')),
  },
  {
    name: '`__proto__`',
    acceptedBy: ['them'],
    isAbout: (request) => JSON.stringify(request).includes('__proto__'),
  },
  {
    name: 'Empty brackets before the end',
    acceptedBy: ['them'],
    isAbout: (request) => hasName(request, /\[\]\[/),
  },
  {
    name: 'Names without a beginning',
    acceptedBy: ['us', 'them', 'both'],
    isAbout: (request) => isOneOf(request, 'catchall', 'loose') && hasName(request, /^(\[|$)/),
  },
  {
    name: 'Strings in JSON',
    acceptedBy: ['them'],
    isAbout: (request) => /"[^"]*"(?!:)/.test(jsonOf(request).replaceAll(/"\w+":/g, '')),
  },
  {
    name: 'Numbers for bigints in JSON',
    acceptedBy: ['them'],
    isAbout: (request) => isOneOf(request, 'bigint') && /:-?\d/.test(jsonOf(request)),
  },
  {
    name: 'A list in the place of an object',
    acceptedBy: ['them'],
    isAbout: (request) => jsonOf(request).startsWith('['),
  },
  {
    name: 'An empty body',
    acceptedBy: ['us'],
    isAbout: (request) => request.method === 'POST' && request.body === '',
  },
  {
    name: 'A broken percent-encoding',
    acceptedBy: ['them'],
    isAbout: ({ id = '' }) => /%(?![\da-f]{2})|%ff/i.test(id),
  },
];

/** True if `catch` of the schema has replaced a rejected value. */
const isCaught = ({ schema }: TestRequest, outcome: Outcome) =>
  schema === 'catch' && 'input' in outcome && outcome.input === '{ v: 7 }';

function accepterOf(request: TestRequest, ours: Outcome, theirs: Outcome): AcceptedBy {
  if (!('input' in theirs)) return 'us';
  if (!('input' in ours) || isCaught(request, ours)) return 'them';
  return isCaught(request, theirs) ? 'us' : 'both';
}

/** Returns the known differences that can explain two different outcomes of a request. */
export function explanationsOf(request: TestRequest, ours: Outcome, theirs: Outcome): Difference[] {
  const accepter = accepterOf(request, ours, theirs);
  return DIFFERENCES.filter(
    (difference) => difference.acceptedBy.includes(accepter) && difference.isAbout(request),
  );
}
