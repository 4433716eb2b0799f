'use client';

import { Button, FileButton } from '@mantine/core';
import { useEffect } from 'react';
import { trpc } from '#src/client/trpc.ts';
import { useErrorMessages } from '#src/client/use-error-messages.ts';
import { ErrorNote } from '#src/components/error-note.tsx';
import { onDemand, useLoad } from '#src/components/on-demand.ts';
import { useTranslations } from '#texts';
import { useChatLists } from '../../chat/use-chat-lists.ts';
import type { ImportReportProps } from './import-report.tsx';
import { NEWEST_IMPORT } from './list-input.ts';
import { SettingsSection } from './settings-section.tsx';
import { NoChats, useImport } from './use-import.ts';

const importReport = onDemand<ImportReportProps>(() =>
  import('./import-report.tsx').then((module) => module.ImportReport),
);

/** How often the progress of an import is read, in milliseconds. */
const PROGRESS_MS = 1_000;

/** Loads the report of an account that has imported chats. */
function Report(props: ImportReportProps) {
  useLoad(importReport, true, () => undefined);
  return <importReport.View props={props} />;
}

/** Imports chats of a file, and shows the progress of the last import. */
export function ImportChats() {
  const t = useTranslations('settings.importChats');
  const { messageOf } = useErrorMessages();
  const { restart } = useChatLists();
  const { sending, error, send } = useImport();
  const isSending = sending?.isActive ?? false;
  const imports = trpc.chat.imports.list.useQuery(NEWEST_IMPORT, {
    refetchInterval: ({ state }) =>
      isSending || (state.data?.items[0]?.pending ?? 0) > 0 ? PROGRESS_MS : false,
  });
  const latest = imports.data?.items[0];
  const imported = latest?.imported ?? 0;
  useEffect(() => {
    if (imported > 0) void restart();
  }, [imported, restart]);
  const isBusy = isSending || (latest?.pending ?? 0) > 0;
  return (
    <SettingsSection id="import-chats" description={t('description')}>
      {(latest ?? sending) && <Report latest={latest} sending={sending} />}
      {error !== null && <ErrorNote>{error instanceof NoChats ? t('noChats') : messageOf(error)}</ErrorNote>}
      {imports.error && (
        <ErrorNote onRetry={() => void imports.refetch()}>{messageOf(imports.error)}</ErrorNote>
      )}
      <FileButton
        accept="application/json,.json"
        inputProps={{ 'aria-label': t('file') }}
        onChange={(file) => {
          if (file) void send(file);
        }}
      >
        {(props) => (
          <Button {...props} variant="default" w="fit-content" loading={isBusy}>
            {t('choose')}
          </Button>
        )}
      </FileButton>
    </SettingsSection>
  );
}
