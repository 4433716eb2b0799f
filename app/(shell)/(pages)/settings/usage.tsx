'use client';

import { Text } from '@mantine/core';
import { trpc } from '#src/client/trpc.ts';
import { useErrorMessages } from '#src/client/use-error-messages.ts';
import { ErrorNote } from '#src/components/error-note.tsx';
import { LocalTime } from '#src/components/local-time.tsx';
import { Progress } from '#src/components/progress.tsx';
import { Table } from '#src/components/table.tsx';
import { useLocale, useTranslations } from '#texts';
import { USAGE_PERIOD } from './list-input.ts';
import { SettingsSection } from './settings-section.tsx';
import classes from './usage.module.css';
import { UsageChart, useDayFormat } from './usage-chart.tsx';
import { UsageModels } from './usage-models.tsx';
import { allDays, type DayOfUsage, tokensOf } from './usage-days.ts';

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

/** The model tokens that the account used, by day, and what is left of today's quota. */
export function Usage() {
  const t = useTranslations('settings.usage');
  const { messageOf } = useErrorMessages();
  const usage = trpc.protected.usage.useQuery(USAGE_PERIOD);
  const { data, dataUpdatedAt } = usage;
  if (!data) {
    return (
      <SettingsSection id="tokens-by-day">
        {usage.error && <ErrorNote onRetry={() => void usage.refetch()}>{messageOf(usage.error)}</ErrorNote>}
      </SettingsSection>
    );
  }
  const { quota } = data;
  // The time of the data is the same on the server and in the browser, unlike the current time.
  const days = allDays(data.items, new Date(dataUpdatedAt), USAGE_PERIOD.days);
  const total = days.reduce((sum, day) => sum + tokensOf(day), 0);
  const summary = { tokens: total, days: USAGE_PERIOD.days };
  const used = quota ? quota.usedToday + quota.reservedToday : 0;
  return (
    <SettingsSection id="tokens-by-day" description={t('description')}>
      {quota && (
        <div>
          <Text size="sm" mb={6} id="quota-of-today">
            {t.rich('quota', {
              used,
              quota: quota.dailyTokens,
              reset: () => <LocalTime date={quota.resetsAt} withTime />,
            })}
          </Text>
          <Progress
            value={Math.min(100, (100 * used) / Math.max(1, quota.dailyTokens))}
            labelledBy="quota-of-today"
          />
        </div>
      )}
      {total === 0 ? (
        <Text size="sm">{t('none', { days: USAGE_PERIOD.days })}</Text>
      ) : (
        <>
          <Text size="sm">{t('total', summary)}</Text>
          <UsageChart days={days} quota={quota?.dailyTokens ?? null} label={t('chart', summary)} />
          <UsageModels days={days} />
          <Numbers days={days.filter((day) => tokensOf(day) > 0)} />
        </>
      )}
    </SettingsSection>
  );
}
