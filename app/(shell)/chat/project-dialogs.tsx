'use client';

import { Button, Divider, Group, Loader, Modal, Stack, TextInput } from '@mantine/core';
import { usePathname, useRouter } from 'next/navigation';
import { useState } from 'react';
import { useTranslations } from '#texts';
import { MAX_PROJECT_NAME } from '#contract/chat-limits';
import { MAX_INSTRUCTIONS } from '#contract/instructions';
import { trpc } from '#src/client/trpc.ts';
import { useErrorMessages } from '#src/client/use-error-messages.ts';
import { ConfirmModal } from '#src/components/confirm-modal.tsx';
import { ErrorNote } from '#src/components/error-note.tsx';
import { CheckIcon } from '#src/components/basic-icons.tsx';
import { InstructionsField } from '#src/components/instructions-field.tsx';
import { useChatTitle } from './chat-title.ts';
import type { CloseDialog, ProjectDialogsProps } from './project-dialog.ts';
import type { Chat } from './chat-pages.ts';
import { useProjectChanges } from './use-project-changes.ts';
import { useProjects } from './use-projects.ts';

/** The dialogs that create, change and delete a project, and that move a chat to one. */
export function ProjectDialogs({ dialog, isOpen, onClose }: ProjectDialogsProps) {
  const t = useTranslations('shell.projectDialogs');
  const chatTitle = useChatTitle();
  if (dialog.kind === 'delete')
    return <DeleteDialog project={dialog.project} isOpen={isOpen} onClose={onClose} />;
  const title = dialog.kind === 'move' ? t('move', { title: chatTitle(dialog.chat) }) : t(dialog.kind);
  return (
    <Modal opened={isOpen} onClose={onClose} title={title} centered returnFocus={false}>
      {dialog.kind === 'create' && <CreateForm onClose={onClose} />}
      {dialog.kind === 'edit' && <EditForm id={dialog.project.id} onClose={onClose} />}
      {dialog.kind === 'move' && <MoveForm chat={dialog.chat} onClose={onClose} next={dialog.next} />}
    </Modal>
  );
}

interface Fields {
  name: string;
  instructions: string;
}

interface ProjectFormProps {
  initial: Fields;
  submitLabel: string;
  isPending: boolean;
  error: string | null;
  onSubmit: (fields: Fields) => void;
  onClose: CloseDialog;
}

function ProjectForm({ initial, submitLabel, isPending, error, onSubmit, onClose }: ProjectFormProps) {
  const t = useTranslations('shell.projectDialogs');
  const tCommon = useTranslations('common');
  const [name, setName] = useState(initial.name);
  const [instructions, setInstructions] = useState(initial.instructions);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit({ name: name.trim(), instructions });
      }}
    >
      <Stack>
        <TextInput
          label={t('name')}
          data-autofocus
          maxLength={MAX_PROJECT_NAME}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <InstructionsField
          label={t('instructions')}
          description={t('instructionsHint')}
          max={MAX_INSTRUCTIONS}
          value={instructions}
          onChange={setInstructions}
        />
        {error !== null && <ErrorNote>{error}</ErrorNote>}
        <Group justify="flex-end">
          <Button variant="default" onClick={() => onClose()}>
            {tCommon('cancel')}
          </Button>
          <Button
            type="submit"
            loading={isPending}
            disabled={name.trim() === '' || instructions.length > MAX_INSTRUCTIONS}
          >
            {submitLabel}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function CreateForm({ onClose }: { onClose: CloseDialog }) {
  const t = useTranslations('shell.projectDialogs');
  const { messageOf } = useErrorMessages();
  const { create } = useProjectChanges();
  return (
    <ProjectForm
      initial={{ name: '', instructions: '' }}
      submitLabel={t('submitNew')}
      isPending={create.isPending}
      error={create.isError ? messageOf(create.error) : null}
      onSubmit={(fields) => create.mutate(fields, { onSuccess: () => onClose() })}
      onClose={onClose}
    />
  );
}

function EditForm({ id, onClose }: { id: string; onClose: CloseDialog }) {
  const t = useTranslations('shell.projectDialogs');
  const { messageOf } = useErrorMessages();
  const project = trpc.chat.projects.get.useQuery({ id });
  const { update } = useProjectChanges();
  if (project.isError && !project.data) {
    return <ErrorNote onRetry={() => void project.refetch()}>{messageOf(project.error)}</ErrorNote>;
  }
  if (!project.data) return <Loader aria-label={t('loading')} />;
  return (
    <ProjectForm
      initial={project.data}
      submitLabel={t('save')}
      isPending={update.isPending}
      error={update.isError ? messageOf(update.error) : null}
      onSubmit={(fields) => update.mutate({ id, ...fields }, { onSuccess: () => onClose() })}
      onClose={onClose}
    />
  );
}

interface MoveFormProps {
  chat: Chat;
  next: HTMLElement | null;
  onClose: CloseDialog;
}

function MoveForm({ chat, next, onClose }: MoveFormProps) {
  const t = useTranslations('shell.projectDialogs');
  const { messageOf } = useErrorMessages();
  const projects = useProjects();
  const { create, move } = useProjectChanges();
  const [name, setName] = useState('');

  function moveTo(projectId: string | null) {
    if (projectId !== chat.projectId) move(chat, projectId);
    onClose(projectId === chat.projectId ? undefined : next);
  }

  function createAndMove() {
    create.mutate({ name: name.trim() }, { onSuccess: ({ id }) => moveTo(id) });
  }

  return (
    <Stack>
      <Stack gap={2} role="group" aria-label={t('projects')} mah="40dvh" style={{ overflowY: 'auto' }}>
        {[{ id: null, name: t('noProject') }, ...projects].map((project) => (
          <Button
            key={project.id}
            variant={project.id === chat.projectId ? 'light' : 'subtle'}
            color="gray"
            mih={40}
            justify="space-between"
            rightSection={project.id === chat.projectId && <CheckIcon size={16} />}
            aria-pressed={project.id === chat.projectId}
            onClick={() => moveTo(project.id)}
          >
            {project.name}
          </Button>
        ))}
      </Stack>
      <Divider />
      <form
        onSubmit={(event) => {
          event.preventDefault();
          createAndMove();
        }}
      >
        <Group align="flex-end" wrap="nowrap">
          <TextInput
            flex={1}
            label={t('create')}
            maxLength={MAX_PROJECT_NAME}
            value={name}
            error={create.isError ? messageOf(create.error) : null}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Button type="submit" loading={create.isPending} disabled={name.trim() === ''}>
            {t('submitAndMove')}
          </Button>
        </Group>
      </form>
    </Stack>
  );
}

interface DeleteDialogProps {
  project: { id: string; name: string };
  isOpen: boolean;
  onClose: CloseDialog;
}

function DeleteDialog({ project, isOpen, onClose }: DeleteDialogProps) {
  const t = useTranslations('shell.projectDialogs');
  const { messageOf } = useErrorMessages();
  const router = useRouter();
  const pathname = usePathname();
  const { remove } = useProjectChanges();
  return (
    <ConfirmModal
      opened={isOpen}
      onClose={() => {
        remove.reset();
        onClose();
      }}
      title={t('deleteTitle', { name: project.name })}
      confirmLabel={t('delete')}
      busy={remove.isPending}
      error={remove.isError ? messageOf(remove.error) : null}
      onConfirm={() =>
        remove.mutate(
          { id: project.id },
          {
            onSuccess() {
              if (pathname === `/projects/${project.id}`) router.replace('/chat');
              onClose(document.querySelector<HTMLElement>('[data-new-project]'));
            },
          },
        )
      }
    >
      {t('deleteText')}
    </ConfirmModal>
  );
}
