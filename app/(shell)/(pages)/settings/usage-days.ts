const DAY_MS = 86_400_000;

/** The tokens of one day. */
export interface DayOfUsage {
  /** The day in UTC, such as `2026-01-31`. */
  day: string;
  inputTokens: number;
  outputTokens: number;
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
    return known.get(day) ?? { day, inputTokens: 0, outputTokens: 0 };
  });
}

/** Returns the tokens of a day, as the quota counts them. */
export const tokensOf = ({ inputTokens, outputTokens }: DayOfUsage): number => inputTokens + outputTokens;
