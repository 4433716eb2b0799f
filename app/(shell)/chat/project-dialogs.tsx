'use client';

import { Button, Divider, Group, Loader, Modal, Stack, TextInput } from '@mantine/core';
import { usePathname, useRouter } from 'next/navigation';
import { useState } from 'react';
import { MAX_PROJECT_NAME } from '#contract/chat-limits';
import { MAX_INSTRUCTIONS } from '#contract/instructions';
import { errorMessage } from '#src/client/errors.ts';
import { trpc } from '#src/client/trpc.ts';
import { ConfirmModal } from '#src/components/confirm-modal.tsx';
import { ErrorNote } from '#src/components/error-note.tsx';
import { CheckIcon } from '#src/components/icons.tsx';
import { InstructionsField } from '#src/components/instructions-field.tsx';
import { chatTitle } from './chat-title.ts';
import type { CloseDialog, ProjectDialog, ProjectDialogsProps } from './project-dialog.ts';
import type { Chat } from './use-chat-changes.ts';
import { useProjectChanges } from './use-project-changes.ts';
import { useProjects } from './use-projects.ts';

const titleOf = (dialog: ProjectDialog) =>
  dialog.kind === 'move'
    ? `Move “${chatTitle(dialog.chat)}”`
    : dialog.kind === 'edit'
      ? 'Project'
      : 'New project';

/** The dialogs that create, change and delete a project, and that move a chat to one. */
export function ProjectDialogs({ dialog, isOpen, onClose }: ProjectDialogsProps) {
  if (dialog.kind === 'delete')
    return <DeleteDialog project={dialog.project} isOpen={isOpen} onClose={onClose} />;
  return (
    <Modal opened={isOpen} onClose={onClose} title={titleOf(dialog)} centered returnFocus={false}>
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
          label="Name"
          data-autofocus
          maxLength={MAX_PROJECT_NAME}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <InstructionsField
          label="Instructions"
          description="The model follows them in all chats of this project, in addition to those of your settings and of the chat."
          max={MAX_INSTRUCTIONS}
          value={instructions}
          onChange={setInstructions}
        />
        {error !== null && <ErrorNote>{error}</ErrorNote>}
        <Group justify="flex-end">
          <Button variant="default" onClick={() => onClose()}>
            Cancel
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

const messageOf = (mutation: { isError: boolean; error: unknown }) =>
  mutation.isError ? errorMessage(mutation.error) : null;

function CreateForm({ onClose }: { onClose: CloseDialog }) {
  const { create } = useProjectChanges();
  return (
    <ProjectForm
      initial={{ name: '', instructions: '' }}
      submitLabel="Create"
      isPending={create.isPending}
      error={messageOf(create)}
      onSubmit={(fields) => create.mutate(fields, { onSuccess: () => onClose() })}
      onClose={onClose}
    />
  );
}

function EditForm({ id, onClose }: { id: string; onClose: CloseDialog }) {
  const project = trpc.chat.projects.get.useQuery({ id });
  const { update } = useProjectChanges();
  if (project.isError && !project.data) {
    return <ErrorNote onRetry={() => void project.refetch()}>{errorMessage(project.error)}</ErrorNote>;
  }
  if (!project.data) return <Loader aria-label="Loading the project" />;
  return (
    <ProjectForm
      initial={project.data}
      submitLabel="Save"
      isPending={update.isPending}
      error={messageOf(update)}
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
      <Stack gap={2} role="group" aria-label="Projects" mah="40dvh" style={{ overflowY: 'auto' }}>
        {[{ id: null, name: 'No project' }, ...projects].map((project) => (
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
            label="New project"
            maxLength={MAX_PROJECT_NAME}
            value={name}
            error={messageOf(create)}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Button type="submit" loading={create.isPending} disabled={name.trim() === ''}>
            Create and move
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
      title={`Delete “${project.name}”?`}
      confirmLabel="Delete"
      busy={remove.isPending}
      error={messageOf(remove)}
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
      The project and its instructions will be permanently deleted. Its chats stay, in no project.
    </ConfirmModal>
  );
}
