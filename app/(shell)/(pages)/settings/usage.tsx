'use client';

import { Text } from '@mantine/core';
import { trpc } from '#src/client/trpc.ts';
import { useErrorMessages } from '#src/client/use-error-messages.ts';
import { ErrorNote } from '#src/components/error-note.tsx';
import { LocalTime } from '#src/components/local-time.tsx';
import { onDemand, useLoad } from '#src/components/on-demand.ts';
import { Progress } from '#src/components/progress.tsx';
import { useTranslations } from '#texts';
import { USAGE_PERIOD } from './list-input.ts';
import { SettingsSection } from './settings-section.tsx';
import classes from './usage.module.css';
import type { UsageDetailsProps } from './usage-details.tsx';

const usageDetails = onDemand<UsageDetailsProps>(() =>
  import('./usage-details.tsx').then((module) => module.UsageDetails),
);

/** Loads the details of an account that has used tokens. */
function Details(props: UsageDetailsProps) {
  useLoad(usageDetails, true, () => undefined);
  return <usageDetails.View props={props} fallback={<div className={classes['loading']} />} />;
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
  const { items, quota } = data;
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
      {items.every(({ inputTokens, outputTokens }) => inputTokens + outputTokens === 0) ? (
        <Text size="sm">{t('none', { days: USAGE_PERIOD.days })}</Text>
      ) : (
        <Details items={items} end={dataUpdatedAt} quota={quota?.dailyTokens ?? null} />
      )}
    </SettingsSection>
  );
}
