'use client';

import { Button, Group, SegmentedControl, Select, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { fieldErrors, errorMessage } from '#src/client/errors.ts';
import { trpc } from '#src/client/trpc.ts';
import { CopyField } from '#src/components/copy-field.tsx';
import { ErrorNote } from '#src/components/error-note.tsx';
import { CreationModal } from './creation-modal.tsx';

const LIFETIMES = [
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: '1 year' },
  { value: '', label: 'None' },
];

export interface NewApiKeyProps {
  opened: boolean;
  onClose: () => void;
}

/** Creates an API key and shows it once. */
export function NewApiKey({ opened, onClose }: NewApiKeyProps) {
  const utils = trpc.useUtils();
  const form = useForm<{ name: string; scope: 'read' | 'write'; days: string }>({
    initialValues: { name: '', scope: 'read', days: '90' },
    validate: { name: (value) => (value.trim() === '' ? 'Enter a name' : null) },
  });
  const create = trpc.protected.apiKeys.create.useMutation({
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
      title="New API key"
      isDirty={form.isDirty()}
      isCreated={create.isSuccess}
    >
      {create.isSuccess ? (
        <Stack>
          <Text size="sm">Copy the key now. It is not shown again.</Text>
          <CopyField label="Your new API key" value={create.data.key} isLabelHidden />
          <Group justify="flex-end">
            <Button onClick={close}>Done</Button>
          </Group>
        </Stack>
      ) : (
        <form
          onSubmit={form.onSubmit(({ name, scope, days }) =>
            create.mutate({ name, scope, ...(days !== '' && { expiresInDays: Number(days) }) }),
          )}
        >
          <Stack>
            <TextInput label="Name" data-autofocus maxLength={100} {...form.getInputProps('name')} />
            <div>
              <Text size="sm" fw={500} mb={4} id="api-key-scope">
                Permissions
              </Text>
              <SegmentedControl
                fullWidth
                aria-labelledby="api-key-scope"
                data={[
                  { value: 'read', label: 'Read only' },
                  { value: 'write', label: 'Read and write' },
                ]}
                {...form.getInputProps('scope')}
              />
            </div>
            <Select
              label="Expiration"
              data={LIFETIMES}
              allowDeselect={false}
              {...form.getInputProps('days')}
            />
            {create.isError && Object.keys(fieldErrors(create.error)).length === 0 && (
              <ErrorNote>{errorMessage(create.error)}</ErrorNote>
            )}
            <Group justify="flex-end">
              <Button variant="default" onClick={close}>
                Cancel
              </Button>
              <Button type="submit" loading={create.isPending}>
                Create key
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </CreationModal>
  );
}
