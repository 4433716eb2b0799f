'use client';

import { Badge, Button, Group, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { type Outputs, trpc } from '#src/client/trpc.ts';
import { useErrorMessages } from '#src/client/use-error-messages.ts';
import { ConfirmModal } from '#src/components/confirm-modal.tsx';
import { ErrorNote } from '#src/components/error-note.tsx';
import { PlusIcon } from '#src/components/icons.tsx';
import { LocalTime } from '#src/components/local-time.tsx';
import { MoreButton } from '#src/components/more-button.tsx';
import { onDemand, useLoad } from '#src/components/on-demand.ts';
import { useTranslations } from '#texts';
import { FIRST_ITEMS } from './list-input.ts';
import type { NewRegisteredProgramProps } from './new-registered-program.tsx';
import { SettingsSection } from './settings-section.tsx';
import classes from './settings.module.css';

const newRegisteredProgram = onDemand<NewRegisteredProgramProps>(() =>
  import('./new-registered-program.tsx').then((module) => module.NewRegisteredProgram),
);

type Program = Outputs['protected']['registeredClients']['list']['items'][number];

function ProgramFacts({ program: { id, redirectUris, createdAt } }: { program: Program }) {
  const t = useTranslations('settings.registeredPrograms');
  return (
    <>
      <Text size="xs" c="dimmed">
        {t.rich('facts', { registered: () => <LocalTime date={createdAt} /> })}
      </Text>
      <code className={classes['id']} translate="no">
        {id}
      </code>
      {redirectUris.map((uri) => (
        <Text key={uri} translate="no" size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {uri}
        </Text>
      ))}
    </>
  );
}

/** The programs that the account has registered, so that they can ask for access. */
export function RegisteredPrograms() {
  const t = useTranslations('settings.registeredPrograms');
  const tSettings = useTranslations('settings');
  const { messageOf } = useErrorMessages();
  const utils = trpc.useUtils();
  const programs = trpc.protected.registeredClients.list.useInfiniteQuery(FIRST_ITEMS, {
    getNextPageParam: (page) => page.nextCursor,
  });
  const items = programs.data?.pages.flatMap((page) => page.items) ?? [];
  const [deleting, setDeleting] = useState<Program | null>(null);
  const [creating, newProgram] = useDisclosure(false);
  useLoad(newRegisteredProgram, creating, newProgram.close);
  const remove = trpc.protected.registeredClients.delete.useMutation({
    onSuccess: () => setDeleting(null),
    onSettled: () => utils.protected.invalidate(),
  });
  return (
    <SettingsSection id="registered-programs" description={t('description')}>
      {programs.isSuccess && items.length === 0 && <Text size="sm">{t('none')}</Text>}
      {items.map((program) => (
        <div key={program.id}>
          <Group justify="space-between" align="flex-start" wrap="nowrap">
            <Group gap="xs">
              <Text size="sm" fw={550} style={{ overflowWrap: 'anywhere' }}>
                {program.name}
              </Text>
              {program.hasSecret && (
                <Badge size="sm" variant="light" color="gray">
                  {t('withSecret')}
                </Badge>
              )}
            </Group>
            <Button
              flex="none"
              variant="default"
              size="xs"
              style={{ flexShrink: 0 }}
              aria-label={t('deleteProgram', { name: program.name })}
              onClick={() => {
                remove.reset();
                setDeleting(program);
              }}
            >
              {tSettings('delete')}
            </Button>
          </Group>
          <ProgramFacts program={program} />
        </div>
      ))}
      <MoreButton list={programs} label={t('more')} />
      {programs.error && (
        <ErrorNote onRetry={() => void programs.refetch()}>{messageOf(programs.error)}</ErrorNote>
      )}
      <Button variant="default" leftSection={<PlusIcon />} onClick={newProgram.open} w="fit-content">
        {t('new')}
      </Button>
      <newRegisteredProgram.View props={{ opened: creating, onClose: newProgram.close }} />
      <ConfirmModal
        opened={deleting !== null}
        onClose={() => setDeleting(null)}
        title={t('deleteTitle')}
        confirmLabel={tSettings('delete')}
        busy={remove.isPending}
        error={remove.isError ? messageOf(remove.error) : null}
        onConfirm={() => {
          if (deleting) remove.mutate({ id: deleting.id });
        }}
      >
        {t('deleteText', { name: deleting?.name ?? '' })}
      </ConfirmModal>
    </SettingsSection>
  );
}
