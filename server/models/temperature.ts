import { type Known, knownOf } from './known.ts';

/** The highest temperature of models; `null` for those that have none. */
const KNOWN: Known<number | null> = [
  [/^guide$/, null],
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
  const known = knownOf(KNOWN, id);
  return known === undefined ? MAX : known;
}

/** Returns the temperature to send to a model for the one of its chat; `undefined` for the model's own. */
export function temperatureFor(id: string, ofChat: number | null): number | undefined {
  const max = maxTemperature(id);
  return ofChat === null || max === null ? undefined : Math.min(ofChat, max);
}
