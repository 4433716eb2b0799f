'use client';

import { Button, Checkbox, Group, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { redirectProblem } from '#contract/redirect-uri';
import { errorMessage, fieldErrors } from '#src/client/errors.ts';
import { trpc } from '#src/client/trpc.ts';
import { CopyField } from '#src/components/copy-field.tsx';
import { ErrorNote } from '#src/components/error-note.tsx';
import { CreationModal } from './creation-modal.tsx';

const linesOf = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** Returns what is wrong with the redirect URIs, one in each line. */
function problemOf(text: string): string | null {
  const uris = linesOf(text);
  if (uris.length === 0) return 'Enter a redirect URI';
  for (const uri of uris) {
    const problem = redirectProblem(uri);
    if (problem !== null) return `${uri} ${problem}`;
  }
  return null;
}

export interface NewRegisteredProgramProps {
  opened: boolean;
  onClose: () => void;
}

/** Registers a program, and shows its client ID and once its secret. */
export function NewRegisteredProgram({ opened, onClose }: NewRegisteredProgramProps) {
  const utils = trpc.useUtils();
  const form = useForm({
    initialValues: { name: '', redirectUris: '', hasSecret: false },
    validate: {
      name: (value) => (value.trim() === '' ? 'Enter a name' : null),
      redirectUris: problemOf,
    },
  });
  const create = trpc.protected.registeredClients.create.useMutation({
    onSuccess: () => utils.protected.invalidate(),
    onError: (error) => form.setErrors(fieldErrors(error)),
  });

  function close() {
    onClose();
    form.reset();
    create.reset();
  }

  return (
    <CreationModal
      opened={opened}
      onClose={close}
      title="Register a program"
      isDirty={form.isDirty()}
      isCreated={create.isSuccess}
    >
      {create.isSuccess ? (
        <Stack>
          <Text size="sm">
            {create.data.secret === null
              ? 'Enter the client ID in the program.'
              : 'Enter both in the program now. The secret is not shown again.'}
          </Text>
          <CopyField label="Client ID" value={create.data.id} />
          {create.data.secret !== null && <CopyField label="Client secret" value={create.data.secret} />}
          <Group justify="flex-end">
            <Button onClick={close}>Done</Button>
          </Group>
        </Stack>
      ) : (
        <form
          onSubmit={form.onSubmit(({ redirectUris, ...values }) =>
            create.mutate({ ...values, redirectUris: linesOf(redirectUris) }),
          )}
        >
          <Stack>
            <TextInput
              label="Name"
              data-autofocus
              maxLength={100}
              autoComplete="off"
              {...form.getInputProps('name')}
            />
            <Textarea
              label="Redirect URIs"
              description="One in each line, as the documentation of the program names them"
              placeholder="http://127.0.0.1/callback"
              autosize
              minRows={2}
              spellCheck={false}
              {...form.getInputProps('redirectUris')}
            />
            <Checkbox
              label="It needs a client secret"
              description="For programs that run on a server. Others cannot keep it secret."
              {...form.getInputProps('hasSecret', { type: 'checkbox' })}
            />
            {create.isError && Object.keys(fieldErrors(create.error)).length === 0 && (
              <ErrorNote>{errorMessage(create.error)}</ErrorNote>
            )}
            <Group justify="flex-end">
              <Button variant="default" onClick={close}>
                Cancel
              </Button>
              <Button type="submit" loading={create.isPending}>
                Register
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </CreationModal>
  );
}
