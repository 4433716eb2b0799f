import { describe, expect, test } from '@jest/globals';
import { allDays, modelsOf } from './usage-days.ts';

describe('the days of the usage', () => {
  test('are complete, oldest first, up to the day of the end', () => {
    const used = { day: '2026-02-28', inputTokens: 5, outputTokens: 2, models: [] };
    expect(allDays([used], new Date('2026-03-01T23:59:59Z'), 3)).toEqual([
      { day: '2026-02-27', inputTokens: 0, outputTokens: 0, models: [] },
      used,
      { day: '2026-03-01', inputTokens: 0, outputTokens: 0, models: [] },
    ]);
  });

  test('leave out what is older', () => {
    const old = { day: '2026-02-27', inputTokens: 5, outputTokens: 2, models: [] };
    const days = allDays([old], new Date('2026-03-01T00:00:00Z'), 2);
    expect(days.map(({ day }) => day)).toEqual(['2026-02-28', '2026-03-01']);
  });

  test('are summed by model, the one with the most tokens first', () => {
    const day = { day: '2026-02-28', inputTokens: 0, outputTokens: 0 };
    const of = (model: string, inputTokens: number) => ({ model, inputTokens, outputTokens: 1 });
    const days = [
      { ...day, models: [of('a', 4), of('b', 3)] },
      { ...day, models: [of('b', 2)] },
    ];
    expect(modelsOf(days)).toEqual([
      { model: 'b', tokens: 7 },
      { model: 'a', tokens: 5 },
    ]);
  });
});
