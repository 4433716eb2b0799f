'use client';

import { Button, FileButton, List, Progress, Text } from '@mantine/core';
import { useEffect } from 'react';
import { errorMessage } from '#src/client/errors.ts';
import { type Outputs, trpc } from '#src/client/trpc.ts';
import { ErrorNote } from '#src/components/error-note.tsx';
import { LocalTime } from '#src/components/local-time.tsx';
import { MoreButton } from '#src/components/more-button.tsx';
import { Section } from '#src/components/section.tsx';
import { FIRST_ITEMS, NEWEST_IMPORT } from './list-input.ts';
import { useImport } from './use-import.ts';

type Import = Outputs['chat']['imports']['list']['items'][number];

/** How often the progress of an import is read, in milliseconds. */
const PROGRESS_MS = 1_000;

const chatsOf = (count: number) => `${count} ${count === 1 ? 'chat' : 'chats'}`;

/** Imports chats of a file, and shows the progress of the last import. */
export function ImportChats() {
  const utils = trpc.useUtils();
  const { sending, error, send } = useImport();
  const isSending = sending?.isActive ?? false;
  const imports = trpc.chat.imports.list.useQuery(NEWEST_IMPORT, {
    refetchInterval: ({ state }) =>
      isSending || (state.data?.items[0]?.pending ?? 0) > 0 ? PROGRESS_MS : false,
  });
  const latest = imports.data?.items[0];
  const imported = latest?.imported ?? 0;
  useEffect(() => {
    if (imported > 0) void utils.chat.list.invalidate();
  }, [imported, utils]);
  const isBusy = isSending || (latest?.pending ?? 0) > 0;
  return (
    <Section
      title="Import chats"
      description="Choose a download of this page or of a chat, or the conversations.json from an export of ChatGPT. Only the text of messages is imported. Chats that you have already are skipped."
    >
      {latest && <ImportState latest={latest} total={isSending ? (sending?.total ?? 0) : 0} />}
      {isSending && (
        <Text size="sm">
          Keep this page open until the file is sent. If you leave earlier, choose the file again later.
        </Text>
      )}
      {latest && latest.failed > 0 && <Failures key={latest.id} latest={latest} />}
      {sending && sending.tooLarge.length > 0 && (
        <FailureList
          label="Chats that are too large"
          items={sending.tooLarge.map((title) => ({ title, reason: 'It is larger than 1 MB.' }))}
        />
      )}
      {error !== null && <ErrorNote>{error}</ErrorNote>}
      {imports.error && (
        <ErrorNote onRetry={() => void imports.refetch()}>{errorMessage(imports.error)}</ErrorNote>
      )}
      <FileButton
        accept="application/json,.json"
        inputProps={{ 'aria-label': 'File with chats' }}
        onChange={(file) => {
          if (file) void send(file);
        }}
      >
        {(props) => (
          <Button {...props} variant="default" w="fit-content" loading={isBusy}>
            Choose file
          </Button>
        )}
      </FileButton>
    </Section>
  );
}

/** @param total the number of chats of the file that is being sent. */
function ImportState({ latest, total }: { latest: Import; total: number }) {
  const { imported, skipped, failed, pending, createdAt } = latest;
  const done = imported + skipped + failed;
  const all = Math.max(total, done + pending);
  const parts = [
    `${chatsOf(imported)} imported`,
    ...(skipped > 0 ? [`${skipped} skipped, because you have them`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
  ];
  return (
    <div>
      {done < all && (
        <Progress.Root mb="xs">
          <Progress.Section value={(100 * done) / all} aria-label="Progress of the import" />
        </Progress.Root>
      )}
      <Text size="sm" role="status">
        {done < all ? `${done} of ${chatsOf(all)}: ` : 'Last import: '}
        {parts.join(', ')}.
      </Text>
      <Text size="xs" c="dimmed">
        Started <LocalTime date={createdAt} withTime />
      </Text>
    </div>
  );
}

function Failures({ latest: { id, failed } }: { latest: Import }) {
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
      <FailureList
        label="Chats that failed"
        items={failures.data?.pages.flatMap(({ items }) => items) ?? []}
      />
      <MoreButton list={failures} label="Load more failed chats" />
      {failures.error && <ErrorNote>{errorMessage(failures.error)}</ErrorNote>}
    </>
  );
}

interface FailureListProps {
  label: string;
  items: { position?: number; title: string; reason: string }[];
}

function FailureList({ label, items }: FailureListProps) {
  return (
    <List size="sm" spacing={4} aria-label={label}>
      {items.map(({ position, title, reason }, index) => (
        <List.Item key={index} style={{ overflowWrap: 'anywhere' }}>
          {position !== undefined && `${position + 1}. `}
          {title === '' ? 'Without a title' : title}: {reason}
        </List.Item>
      ))}
    </List>
  );
}
