'use client';

import { Text } from '@mantine/core';
import { Table } from '#src/components/table.tsx';
import { useLocale, useTranslations } from '#texts';
import { USAGE_PERIOD } from './list-input.ts';
import classes from './usage.module.css';
import { UsageChart, useDayFormat } from './usage-chart.tsx';
import { allDays, type DayOfUsage, tokensOf } from './usage-days.ts';
import { UsageModels } from './usage-models.tsx';

export interface UsageDetailsProps {
  /** The days on which the account used tokens. */
  items: readonly DayOfUsage[];
  /** A time on the last day of the period. That of the data is the same on the server and in the browser. */
  end: number;
  /** The tokens allowed for a day, or null if there is no limit. */
  quota: number | null;
}

function Numbers({ days }: { days: readonly DayOfUsage[] }) {
  const t = useTranslations('settings.usage');
  const locale = useLocale();
  const format = useDayFormat();
  return (
    <details className={classes['numbers']}>
      <summary>{t('asTable')}</summary>
      <Table>
        <thead>
          <tr>
            <th>{t('dayColumn')}</th>
            <th className={classes['amount']}>{t('readColumn')}</th>
            <th className={classes['amount']}>{t('writtenColumn')}</th>
          </tr>
        </thead>
        <tbody>
          {days.toReversed().map(({ day, inputTokens, outputTokens }) => (
            <tr key={day}>
              <td>
                <time dateTime={day}>{format(day)}</time>
              </td>
              <td className={classes['amount']}>{inputTokens.toLocaleString(locale)}</td>
              <td className={classes['amount']}>{outputTokens.toLocaleString(locale)}</td>
            </tr>
          ))}
        </tbody>
      </Table>
    </details>
  );
}

/** The tokens of each day as a chart and as a table, and those of each model. */
export function UsageDetails({ items, end, quota }: UsageDetailsProps) {
  const t = useTranslations('settings.usage');
  const days = allDays(items, new Date(end), USAGE_PERIOD.days);
  const summary = { tokens: days.reduce((sum, day) => sum + tokensOf(day), 0), days: USAGE_PERIOD.days };
  return (
    <>
      <Text size="sm">{t('total', summary)}</Text>
      <UsageChart days={days} quota={quota} label={t('chart', summary)} />
      <UsageModels days={days} />
      <Numbers days={days.filter((day) => tokensOf(day) > 0)} />
    </>
  );
}
