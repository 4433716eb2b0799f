import type { Attack, Round } from './attack.ts';
import type { Outcome } from './outcome.ts';
import type { Measured } from './trial.ts';

const BYTES_PER_MB = 1024 * 1024;

/** A line of the report. */
export interface Result {
  attack: Attack;
  round: Round;
  measured: Measured;
}

const LINE = [6, 58, 8, 18, 9, 8] as const;

function columns(cells: readonly (string | number)[]): string {
  return cells
    .map((cell, at) => {
      const width = LINE[at] ?? 0;
      return typeof cell === 'number' ? String(cell).padStart(width) : cell.padEnd(width);
    })
    .join(' ');
}

function statusesOf(outcomes: readonly Outcome[]): string {
  const counts = new Map<number, number>();
  for (const { status } of outcomes) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts]
    .map(([status, count]) => `${status === 0 ? 'closed' : status}${count > 1 ? `×${count}` : ''}`)
    .join(' ');
}

/** The names of the columns. */
export const HEAD = columns(['entry', 'attack', 'requests', 'responses', 'freeze ms', 'peak MB', '']);

/** Returns a line: requests, responses, freeze and peak memory compared with the idle server, and the verdict. */
export function describe({ attack, round, measured }: Result): string {
  const { outcomes, freezeMs, aboveIdleBytes, faults } = measured;
  return columns([
    attack.entry,
    attack.name,
    round.count,
    statusesOf(outcomes),
    Math.round(freezeMs),
    Math.round(aboveIdleBytes / BYTES_PER_MB),
    faults.length === 0 ? 'ok' : `FAILED ${faults.join('; ')}`,
  ]);
}

/** Returns a line for each entry with its worst figures. */
export function summarize(results: readonly Result[]): string {
  const entries = Map.groupBy(results, ({ attack }) => attack.entry);
  const lines = [...entries].map(([entry, all]) => {
    const worst = (of: (measured: Measured) => number) =>
      Math.round(Math.max(...all.map(({ measured }) => of(measured))));
    const requests = all.reduce((sum, { round }) => sum + round.count, 0);
    const failed = all.filter(({ measured }) => measured.faults.length > 0).length;
    const died = all.filter(({ measured }) => measured.residentBytes === null).length;
    return columns([
      entry,
      `${all.length} rounds, ${failed} failed${died > 0 ? `, the server died in ${died}` : ''}`,
      requests,
      '',
      worst(({ freezeMs }) => freezeMs),
      worst(({ aboveIdleBytes }) => aboveIdleBytes / BYTES_PER_MB),
    ]);
  });
  return [HEAD, ...lines].join('\n');
}
