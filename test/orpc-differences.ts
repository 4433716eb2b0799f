import type { Asked, Outcome } from './orpc.ts';

type TakenBy = 'us' | 'them' | 'both';

/** One thing that this project's surface and oRPC's handler read differently. */
export interface Difference {
  /** Its name in docs/compatibility.md, which says why. */
  name: string;
  /** Which of the two takes what the other refuses, or that both take it. */
  takenBy: readonly TakenBy[];
  /** Whether a request is of that kind. */
  isAbout: (asked: Asked) => boolean;
}

const NUMERAL = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/;

const isJson = ({ method, type }: Asked) => method === 'POST' && type === undefined;
/** The names and values that were sent as text, other than in a path. */
const pairsOf = ({ query, body, type }: Asked) => [
  ...new URLSearchParams(type === undefined ? (query ?? '') : body),
];
const jsonOf = (asked: Asked) => (isJson(asked) ? (asked.body ?? '') : '');
const isOneOf = ({ schema }: Asked, ...names: string[]) => names.includes(schema);

const hasName = (asked: Asked, pattern: RegExp) => pairsOf(asked).some(([name]) => pattern.test(name));
const hasValue = (asked: Asked, test: (value: string) => boolean) =>
  pairsOf(asked).some(([, value]) => test(value));
/** True if a name has a value of its own beside values inside it, as in `v=1&v[a]=2`. */
const hasValueBesideInside = (asked: Asked) => {
  const names = pairsOf(asked).map(([name]) => name);
  return names
    .map((name) => name.replace(/\[\]$/, ''))
    .some((name) => names.some((other) => other.startsWith(`${name}[`) && other[name.length + 1] !== ']'));
};
/** True if a name has a value of its own before one with empty brackets, as in `v=1&v[]=2`. */
const hasValueBeforeBrackets = (asked: Asked) => {
  const names = pairsOf(asked).map(([name]) => name);
  return names.some((name, index) => names.indexOf(`${name}[]`, index + 1) > index);
};
const isRepeated = (asked: Asked) =>
  new Set(pairsOf(asked).map(([name]) => name)).size < pairsOf(asked).length;

/** Every difference that is known. */
export const DIFFERENCES: Difference[] = [
  { name: 'Unknown fields', takenBy: ['both'], isAbout: (asked) => isOneOf(asked, 'stripped') },
  {
    name: 'A list of one',
    takenBy: ['us'],
    isAbout: (asked) => !isJson(asked) && isOneOf(asked, 'numbers', 'strings', 'set'),
  },
  {
    name: 'JSON in a query or a form',
    takenBy: ['us'],
    isAbout: (asked) =>
      !isJson(asked) &&
      isOneOf(asked, 'object', 'objects', 'record') &&
      hasValue(asked, (value) => /^[[{]/.test(value)),
  },
  {
    name: 'Numerals',
    takenBy: ['them'],
    isAbout: (asked) => hasValue(asked, (value) => !NUMERAL.test(value) && !Number.isNaN(Number(value))),
  },
  {
    name: 'Numerals in enums and literals',
    takenBy: ['them'],
    isAbout: (asked) =>
      isOneOf(asked, 'numberEnum', 'literal', 'literals') && hasValue(asked, (value) => /^0\d/.test(value)),
  },
  {
    name: 'Words for booleans',
    takenBy: ['them'],
    isAbout: (asked) => hasValue(asked, (value) => /^(on|off|TRUE)$/.test(value)),
  },
  {
    name: 'Days that are none',
    takenBy: ['them'],
    isAbout: (asked) => isOneOf(asked, 'date') && JSON.stringify(asked).includes('2026-02-30'),
  },
  { name: 'The order of a union', takenBy: ['both'], isAbout: (asked) => isOneOf(asked, 'numberFirst') },
  {
    name: 'Preprocessing',
    takenBy: ['them'],
    isAbout: (asked) => !isJson(asked) && isOneOf(asked, 'preprocess'),
  },
  { name: 'Maps', takenBy: ['us', 'them'], isAbout: (asked) => isOneOf(asked, 'map') },
  {
    name: 'Numbered names',
    takenBy: ['both'],
    isAbout: (asked) => isOneOf(asked, 'unknown') && hasName(asked, /\[\d\]/),
  },
  {
    name: 'Numbered names for a single value',
    takenBy: ['them'],
    isAbout: (asked) => isOneOf(asked, 'coerce') && hasName(asked, /\[\d\]/),
  },
  {
    name: 'A value and names in brackets',
    takenBy: ['them'],
    isAbout: hasValueBesideInside,
  },
  {
    name: 'A value before empty brackets',
    takenBy: ['us', 'them', 'both'],
    isAbout: hasValueBeforeBrackets,
  },
  {
    name: 'Lists for records',
    takenBy: ['them'],
    isAbout: (asked) =>
      isOneOf(asked, 'record') &&
      (isRepeated(asked) || hasName(asked, /^v\[\]/) || jsonOf(asked).includes('[')),
  },
  { name: '`__proto__`', takenBy: ['them'], isAbout: (asked) => JSON.stringify(asked).includes('__proto__') },
  {
    name: 'Empty brackets before the end',
    takenBy: ['them'],
    isAbout: (asked) => hasName(asked, /\[\]\[/),
  },
  {
    name: 'Names without a beginning',
    takenBy: ['us', 'them', 'both'],
    isAbout: (asked) => isOneOf(asked, 'catchall', 'loose') && hasName(asked, /^(\[|$)/),
  },
  {
    name: 'Strings in JSON',
    takenBy: ['them'],
    isAbout: (asked) => /"[^"]*"(?!:)/.test(jsonOf(asked).replaceAll(/"\w+":/g, '')),
  },
  {
    name: 'Numbers for bigints in JSON',
    takenBy: ['them'],
    isAbout: (asked) => isOneOf(asked, 'bigint') && /:-?\d/.test(jsonOf(asked)),
  },
  {
    name: 'A list in the place of an object',
    takenBy: ['them'],
    isAbout: (asked) => jsonOf(asked).startsWith('['),
  },
  {
    name: 'An empty body',
    takenBy: ['us'],
    isAbout: (asked) => asked.method === 'POST' && asked.body === '',
  },
  {
    name: 'A broken percent-encoding',
    takenBy: ['them'],
    isAbout: ({ id = '' }) => /%(?![\da-f]{2})|%ff/i.test(id),
  },
];

/** Where both answer, a refusal that the schema catches shows as the value it catches with. */
const isCaught = ({ schema }: Asked, outcome: Outcome) =>
  schema === 'catch' && 'input' in outcome && outcome.input === '{ v: 7 }';

function takersOf(asked: Asked, ours: Outcome, theirs: Outcome): TakenBy {
  if (!('input' in theirs)) return 'us';
  if (!('input' in ours) || isCaught(asked, ours)) return 'them';
  return isCaught(asked, theirs) ? 'us' : 'both';
}

/** The differences by which two outcomes of a request may differ. */
export function explanationsOf(asked: Asked, ours: Outcome, theirs: Outcome): Difference[] {
  const takenBy = takersOf(asked, ours, theirs);
  return DIFFERENCES.filter(
    (difference) => difference.takenBy.includes(takenBy) && difference.isAbout(asked),
  );
}
