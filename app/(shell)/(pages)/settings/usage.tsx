'use client';

import { Progress, Table, Text } from '@mantine/core';
import { errorMessage } from '#src/client/errors.ts';
import { trpc } from '#src/client/trpc.ts';
import { ErrorNote } from '#src/components/error-note.tsx';
import { LocalTime } from '#src/components/local-time.tsx';
import { Section } from '#src/components/section.tsx';
import { USAGE_PERIOD } from './list-input.ts';
import classes from './usage.module.css';
import { UsageChart, useDayFormat } from './usage-chart.tsx';
import { UsageModels } from './usage-models.tsx';
import { allDays, type DayOfUsage, tokensOf } from './usage-days.ts';

function Numbers({ days }: { days: readonly DayOfUsage[] }) {
  const format = useDayFormat();
  return (
    <details className={classes['numbers']}>
      <summary>Show as a table</summary>
      <Table verticalSpacing={4} mt="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Day (UTC)</Table.Th>
            <Table.Th ta="end">Read</Table.Th>
            <Table.Th ta="end">Written</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {days.toReversed().map(({ day, inputTokens, outputTokens }) => (
            <Table.Tr key={day}>
              <Table.Td>{format(day)}</Table.Td>
              <Table.Td ta="end">{inputTokens.toLocaleString('en')}</Table.Td>
              <Table.Td ta="end">{outputTokens.toLocaleString('en')}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </details>
  );
}

/** The model tokens that the account used, by day, and what is left of today's quota. */
export function Usage() {
  const usage = trpc.protected.usage.useQuery(USAGE_PERIOD);
  const { data, dataUpdatedAt } = usage;
  if (!data) {
    return (
      <Section title="Tokens by day">
        {usage.error && (
          <ErrorNote onRetry={() => void usage.refetch()}>{errorMessage(usage.error)}</ErrorNote>
        )}
      </Section>
    );
  }
  const { quota } = data;
  // The time of the data is the same on the server and in the browser, unlike the current time.
  const days = allDays(data.items, new Date(dataUpdatedAt), USAGE_PERIOD.days);
  const total = days.reduce((sum, day) => sum + tokensOf(day), 0);
  const summary = `${total.toLocaleString('en')} tokens in the last ${USAGE_PERIOD.days} days`;
  const used = quota ? quota.usedToday + quota.reservedToday : 0;
  return (
    <Section
      title="Tokens by day"
      description="What language models read and wrote for you, by day (UTC) and by model."
    >
      {quota && (
        <div>
          <Text size="sm" mb={6} id="quota-of-today">
            {used.toLocaleString('en')} of {quota.dailyTokens.toLocaleString('en')} tokens used today. The
            quota resets at <LocalTime date={quota.resetsAt} withTime />.
          </Text>
          <Progress.Root>
            <Progress.Section
              value={Math.min(100, (100 * used) / Math.max(1, quota.dailyTokens))}
              aria-labelledby="quota-of-today"
            />
          </Progress.Root>
        </div>
      )}
      {total === 0 ? (
        <Text size="sm">No tokens in the last {USAGE_PERIOD.days} days. The offline guide uses none.</Text>
      ) : (
        <>
          <Text size="sm">{summary}.</Text>
          <UsageChart days={days} quota={quota?.dailyTokens ?? null} label={`${summary}, as bars`} />
          <UsageModels days={days} />
          <Numbers days={days.filter((day) => tokensOf(day) > 0)} />
        </>
      )}
    </Section>
  );
}
