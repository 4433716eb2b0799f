'use client';

import { Badge, Button, Code, Group, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { errorMessage } from '#src/client/errors.ts';
import { type Outputs, trpc } from '#src/client/trpc.ts';
import { ConfirmModal } from '#src/components/confirm-modal.tsx';
import { ErrorNote } from '#src/components/error-note.tsx';
import { PlusIcon } from '#src/components/icons.tsx';
import { LocalTime } from '#src/components/local-time.tsx';
import { MoreButton } from '#src/components/more-button.tsx';
import { onDemand, useLoad } from '#src/components/on-demand.ts';
import { Section } from '#src/components/section.tsx';
import { FIRST_ITEMS } from './list-input.ts';
import type { NewRegisteredProgramProps } from './new-registered-program.tsx';

const newRegisteredProgram = onDemand<NewRegisteredProgramProps>(() =>
  import('./new-registered-program.tsx').then((module) => module.NewRegisteredProgram),
);

type Program = Outputs['protected']['registeredClients']['list']['items'][number];

function ProgramFacts({ program: { id, redirectUris, createdAt } }: { program: Program }) {
  return (
    <>
      <Text size="xs" c="dimmed">
        Registered <LocalTime date={createdAt} />, client ID:
      </Text>
      <Code>{id}</Code>
      {redirectUris.map((uri) => (
        <Text key={uri} size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {uri}
        </Text>
      ))}
    </>
  );
}

/** The programs that the account has registered, so that they can ask for access. */
export function RegisteredPrograms() {
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
    <Section
      title="Registered programs"
      description="Only for programs that ask for a client ID. Others can be connected without it."
    >
      {programs.isSuccess && items.length === 0 && <Text size="sm">You have not registered a program.</Text>}
      {items.map((program) => (
        <div key={program.id}>
          <Group justify="space-between" align="flex-start" wrap="nowrap">
            <Group gap="xs">
              <Text size="sm" fw={550} style={{ overflowWrap: 'anywhere' }}>
                {program.name}
              </Text>
              {program.hasSecret && (
                <Badge size="sm" variant="light" color="gray">
                  with a secret
                </Badge>
              )}
            </Group>
            <Button
              variant="default"
              size="xs"
              style={{ flexShrink: 0 }}
              aria-label={`Delete ${program.name}`}
              onClick={() => {
                remove.reset();
                setDeleting(program);
              }}
            >
              Delete
            </Button>
          </Group>
          <ProgramFacts program={program} />
        </div>
      ))}
      <MoreButton list={programs} label="Load more registered programs" />
      {programs.error && (
        <ErrorNote onRetry={() => void programs.refetch()}>{errorMessage(programs.error)}</ErrorNote>
      )}
      <Button variant="default" leftSection={<PlusIcon />} onClick={newProgram.open} w="fit-content">
        Register a program
      </Button>
      <newRegisteredProgram.View props={{ opened: creating, onClose: newProgram.close }} />
      <ConfirmModal
        opened={deleting !== null}
        onClose={() => setDeleting(null)}
        title="Delete this program?"
        confirmLabel="Delete"
        busy={remove.isPending}
        error={remove.isError ? errorMessage(remove.error) : null}
        onConfirm={() => {
          if (deleting) remove.mutate({ id: deleting.id });
        }}
      >
        “{deleting?.name}” is disconnected from all accounts, and its client ID is no longer valid.
      </ConfirmModal>
    </Section>
  );
}
