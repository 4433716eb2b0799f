/**
 * The highest temperature of models, by the beginning of the name; `null` for those that have none. The first match
 * counts. Names that other providers use for the same models match too.
 */
const KNOWN: readonly [name: RegExp, max: number | null][] = [
  [/^o\d/, null],
  [/^gpt-4o(-mini)?-search/, null],
  [/^gpt-5-chat/, 2],
  [/^gpt-([5-9]|\d\d)/, null],
  [/^claude-(instant|2|3)/, 1],
  [/^claude-\w+-4(-[0-6])?(-\d{8}|-latest|-thinking|$)/, 1],
  [/^claude/, null],
];

/** The highest temperature of all other models. */
const MAX = 2;

/** Returns the highest temperature of a model; `null` if it has none, and rejects or ignores the setting. */
export function maxTemperature(id: string): number | null {
  if (id === 'guide') return null;
  const name = id.slice(id.lastIndexOf('/') + 1);
  const known = KNOWN.find(([beginning]) => beginning.test(name));
  return known ? known[1] : MAX;
}

/** Returns the temperature to send to a model for the one of its chat; `undefined` for the model's own. */
export function temperatureFor(id: string, ofChat: number | null): number | undefined {
  const max = maxTemperature(id);
  return ofChat === null || max === null ? undefined : Math.min(ofChat, max);
}
