/** What is known of models, by the beginning of their names. The first match counts. */
export type Known<T> = readonly (readonly [name: RegExp, value: T])[];

/**
 * Returns what is known of a model; `undefined` if nothing is. Names that other providers use for the same models match
 * too, such as `openai-compatible/anthropic/claude-…`.
 */
export function knownOf<T>(known: Known<T>, id: string): T | undefined {
  const name = id.slice(id.lastIndexOf('/') + 1);
  return known.find(([beginning]) => beginning.test(name))?.[1];
}
