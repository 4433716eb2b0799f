import { type Keywords, typeOf, valuesOf } from './reader.ts';

/** A keyword that the sender's values may not satisfy. */
export interface Found {
  keyword: string;
  sender: string;
  receiver: string;
}

/** True if the sender's values may have one of these types. */
type May = (...types: string[]) => boolean;
type Add = (found: Found) => void;

const numbersOf = (parts: readonly Keywords[], keyword: string): number[] =>
  valuesOf(parts, keyword).filter((value) => typeof value === 'number');

const SIZES = [
  ['string', 'minLength', 'maxLength'],
  ['array', 'minItems', 'maxItems'],
  ['object', 'minProperties', 'maxProperties'],
] as const;

/** Compares the limits of numbers and of sizes. */
export function checkBounds(
  sent: readonly Keywords[],
  expected: readonly Keywords[],
  may: May,
  add: Add,
): void {
  if (may('number', 'integer')) {
    const [low, high] = [rangeOf(sent, true), rangeOf(sent, false)];
    const [least, most] = [rangeOf(expected, true), rangeOf(expected, false)];
    if (isLower(low, least)) add({ keyword: 'minimum', sender: shown(low), receiver: shown(least) });
    if (isLower(high, most)) add({ keyword: 'maximum', sender: shown(high), receiver: shown(most) });
    const steps = numbersOf(sent, 'multipleOf').concat(typeOf(sent) === 'integer' ? [1] : []);
    for (const step of numbersOf(expected, 'multipleOf')) {
      if (!steps.some((one) => Number.isInteger(one / step))) {
        add({ keyword: 'multipleOf', sender: String(steps[0] ?? 'none'), receiver: String(step) });
      }
    }
  }
  for (const [type, min, max] of SIZES) {
    if (!may(type)) continue;
    const ends = [sent, expected].map((parts) => ({
      min: Math.max(0, ...numbersOf(parts, min)),
      max: Math.min(Infinity, ...numbersOf(parts, max)),
    }));
    const [own, other] = ends;
    if (!own || !other) continue;
    if (own.min < other.min) add({ keyword: min, sender: String(own.min), receiver: String(other.min) });
    if (own.max > other.max) {
      const text = own.max === Infinity ? 'none' : String(own.max);
      add({ keyword: max, sender: text, receiver: String(other.max) });
    }
  }
  if (
    may('array') &&
    valuesOf(expected, 'uniqueItems').includes(true) &&
    !valuesOf(sent, 'uniqueItems').includes(true)
  ) {
    add({ keyword: 'uniqueItems', sender: 'false', receiver: 'true' });
  }
}

/** Compares patterns and formats, which are only known to hold if both ends have the same one. */
export function checkTexts(
  sent: readonly Keywords[],
  expected: readonly Keywords[],
  may: May,
  add: Add,
): void {
  for (const [keyword, types] of [
    ['format', ['string', 'number', 'integer']],
    ['pattern', ['string']],
  ] as const) {
    if (!may(...types)) continue;
    const own = valuesOf(sent, keyword);
    for (const one of valuesOf(expected, keyword)) {
      if (!own.includes(one)) add({ keyword, sender: own.join(' and ') || 'none', receiver: String(one) });
    }
  }
}

/** A limit of numbers, on the scale on which a higher one is stricter for both ends. */
interface Limit {
  value: number;
  isExclusive: boolean;
  isMinimum: boolean;
}

/** Returns the strictest minimum, or the strictest maximum with the opposite sign. */
function rangeOf(parts: readonly Keywords[], isMinimum: boolean): Limit {
  const sign = isMinimum ? 1 : -1;
  const [inclusive, exclusive] = isMinimum
    ? (['minimum', 'exclusiveMinimum'] as const)
    : (['maximum', 'exclusiveMaximum'] as const);
  const limits = [
    { value: -Infinity, isExclusive: false },
    ...numbersOf(parts, inclusive).map((value) => ({ value: value * sign, isExclusive: false })),
    ...numbersOf(parts, exclusive).map((value) =>
      typeOf(parts) === 'integer'
        ? { value: Math.floor(value * sign) + 1, isExclusive: false }
        : { value: value * sign, isExclusive: true },
    ),
  ].map((limit) => ({ ...limit, isMinimum }));
  return limits.reduce((strictest, limit) => (isLower(strictest, limit) ? limit : strictest));
}

const isLower = (one: Limit, other: Limit): boolean =>
  one.value < other.value || (one.value === other.value && other.isExclusive && !one.isExclusive);

function shown({ value, isExclusive, isMinimum }: Limit): string {
  if (value === -Infinity) return 'none';
  return `${isExclusive ? (isMinimum ? 'above ' : 'below ') : ''}${isMinimum ? value : -value}`;
}
