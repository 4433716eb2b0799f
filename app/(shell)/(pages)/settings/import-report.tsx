'use client';

import { Text } from '@mantine/core';
import { useEffect } from 'react';
import { type Outputs, trpc } from '#src/client/trpc.ts';
import { useErrorMessages } from '#src/client/use-error-messages.ts';
import { ErrorNote } from '#src/components/error-note.tsx';
import { LocalTime } from '#src/components/local-time.tsx';
import { MoreButton } from '#src/components/more-button.tsx';
import { Progress } from '#src/components/progress.tsx';
import { useLocale, useTranslations } from '#texts';
import { FIRST_ITEMS } from './list-input.ts';
import type { Sending } from './send-chats.ts';
import classes from './settings.module.css';

type Import = Outputs['chat']['imports']['list']['items'][number];

export interface ImportReportProps {
  /** The last import. */
  latest: Import | undefined;
  /** The file that was chosen on this page. */
  sending: Sending | null;
}

/** The progress of the last import, and the chats that were left out. */
export function ImportReport({ latest, sending }: ImportReportProps) {
  const t = useTranslations('settings.importChats');
  const isSending = sending?.isActive ?? false;
  return (
    <>
      {latest && <ImportState latest={latest} total={isSending ? (sending?.total ?? 0) : 0} />}
      {isSending && <Text size="sm">{t('keepOpen')}</Text>}
      {latest && latest.failed > 0 && <Failures key={latest.id} latest={latest} />}
      {sending && sending.tooLarge.length > 0 && (
        <FailureList
          label={t('tooLarge')}
          items={sending.tooLarge.map((title) => ({ title, reason: t('tooLargeReason') }))}
        />
      )}
    </>
  );
}

/** @param total the number of chats of the file that is being sent. */
function ImportState({ latest, total }: { latest: Import; total: number }) {
  const t = useTranslations('settings.importChats');
  const locale = useLocale();
  const { imported, skipped, failed, pending, createdAt } = latest;
  const done = imported + skipped + failed;
  const all = Math.max(total, done + pending);
  const parts = [
    t('imported', { count: imported }),
    ...(skipped > 0 ? [t('skipped', { count: skipped })] : []),
    ...(failed > 0 ? [t('failed', { count: failed })] : []),
  ];
  const text = new Intl.ListFormat(locale, { type: 'unit' }).format(parts);
  return (
    <div className={classes['progress']}>
      {done < all && <Progress value={(100 * done) / all} label={t('progress')} />}
      <Text size="sm" role="status">
        {done < all ? t('running', { done, all, parts: text }) : t('last', { parts: text })}
      </Text>
      <Text size="xs" c="dimmed">
        {t.rich('started', { started: () => <LocalTime date={createdAt} withTime /> })}
      </Text>
    </div>
  );
}

function Failures({ latest: { id, failed } }: { latest: Import }) {
  const t = useTranslations('settings.importChats');
  const { messageOf } = useErrorMessages();
  const failures = trpc.chat.imports.failures.useInfiniteQuery(
    { ...FIRST_ITEMS, importId: id },
    { getNextPageParam: (page) => page.nextCursor },
  );
  const { refetch } = failures;
  useEffect(() => {
    void refetch();
  }, [failed, refetch]);
  return (
    <>
      <FailureList label={t('failures')} items={failures.data?.pages.flatMap(({ items }) => items) ?? []} />
      <MoreButton list={failures} label={t('moreFailures')} />
      {failures.error && <ErrorNote>{messageOf(failures.error)}</ErrorNote>}
    </>
  );
}

interface FailureListProps {
  label: string;
  items: { position?: number; title: string; reason: string }[];
}

function FailureList({ label, items }: FailureListProps) {
  const t = useTranslations('settings.importChats');
  const textOf = ({ position, title, reason }: (typeof items)[number]) => {
    const values = { title: title === '' ? t('untitled') : title, reason };
    return position === undefined
      ? t('failure', values)
      : t('failureAt', { ...values, position: position + 1 });
  };
  return (
    <ul className={classes['failures']} aria-label={label}>
      {items.map((item, index) => (
        <li key={index}>{textOf(item)}</li>
      ))}
    </ul>
  );
}
