const DAY_MS = 86_400_000;

interface Tokens {
  inputTokens: number;
  outputTokens: number;
}

/** The tokens of one day. */
export interface DayOfUsage extends Tokens {
  /** The day in UTC, such as `2026-01-31`. */
  day: string;
  models: readonly (Tokens & { model: string })[];
}

/**
 * Returns every day of a period, oldest first, because days without usage have no item.
 * @param items at most one for each day, in any order.
 * @param end a time on the last day.
 */
export function allDays(items: readonly DayOfUsage[], end: Date, count: number): DayOfUsage[] {
  const known = new Map(items.map((item) => [item.day, item]));
  return Array.from({ length: count }, (_, index) => {
    const time = end.getTime() - (count - 1 - index) * DAY_MS;
    const day = new Date(time).toISOString().slice(0, 10);
    return known.get(day) ?? { day, inputTokens: 0, outputTokens: 0, models: [] };
  });
}

/** Returns the tokens of a day or of a model, as the quota counts them. */
export const tokensOf = ({ inputTokens, outputTokens }: Tokens): number => inputTokens + outputTokens;

/** Returns the tokens of each model in a period, the one with the most first. */
export function modelsOf(days: readonly DayOfUsage[]): { model: string; tokens: number }[] {
  const sums = new Map<string, number>();
  for (const used of days.flatMap(({ models }) => models)) {
    sums.set(used.model, (sums.get(used.model) ?? 0) + tokensOf(used));
  }
  return [...sums].map(([model, tokens]) => ({ model, tokens })).toSorted((a, b) => b.tokens - a.tokens);
}
