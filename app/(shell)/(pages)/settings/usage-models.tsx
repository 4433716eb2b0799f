'use client';

import { trpc } from '#src/client/trpc.ts';
import { useTranslations } from '#texts';
import { type DayOfUsage, modelsOf } from './usage-days.ts';
import classes from './usage.module.css';

/** The models that were used in a period, each with a bar for its part of the tokens. */
export function UsageModels({ days }: { days: readonly DayOfUsage[] }) {
  const t = useTranslations('settings.usage');
  const { data } = trpc.chat.models.useQuery();
  const models = modelsOf(days);
  const total = models.reduce((sum, { tokens }) => sum + tokens, 0);
  if (models.length === 0) return null;
  return (
    <ul className={classes['models']} aria-label={t('byModel')}>
      {models.map(({ model, tokens }) => (
        <li key={model}>
          <span translate="no">{data?.items.find(({ id }) => id === model)?.name ?? model}</span>
          <span>{t('modelTokens', { tokens, percent: Math.round((100 * tokens) / total) })}</span>
          <span className={classes['share']} style={{ width: `${(100 * tokens) / total}%` }} />
        </li>
      ))}
    </ul>
  );
}
