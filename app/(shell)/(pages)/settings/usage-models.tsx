'use client';

import { trpc } from '#src/client/trpc.ts';
import { type DayOfUsage, modelsOf } from './usage-days.ts';
import classes from './usage.module.css';

/** The models that were used in a period, each with a bar for its part of the tokens. */
export function UsageModels({ days }: { days: readonly DayOfUsage[] }) {
  const { data } = trpc.chat.models.useQuery();
  const models = modelsOf(days);
  const total = models.reduce((sum, { tokens }) => sum + tokens, 0);
  if (models.length === 0) return null;
  return (
    <ul className={classes['models']} aria-label="Tokens by model">
      {models.map(({ model, tokens }) => (
        <li key={model}>
          <span>{data?.items.find(({ id }) => id === model)?.name ?? model}</span>
          <span>
            {tokens.toLocaleString('en')} ({Math.round((100 * tokens) / total)} %)
          </span>
          <span className={classes['share']} style={{ width: `${(100 * tokens) / total}%` }} />
        </li>
      ))}
    </ul>
  );
}
