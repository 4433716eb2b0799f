'use client';

import { Button, Checkbox, Group, PasswordInput, SimpleGrid, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { authenticate } from '#src/client/auth.ts';
import { fieldErrors, errorMessage } from '#src/client/errors.ts';
import { trpc } from '#src/client/trpc.ts';
import { ErrorNote } from '#src/components/error-note.tsx';
import { Section } from '#src/components/section.tsx';

const MIN_PASSWORD = 8;

/** The form to change the password. */
export function Password() {
  const utils = trpc.useUtils();
  const [state, setState] = useState<'idle' | 'busy' | 'done'>('idle');
  const [failure, setFailure] = useState<string | null>(null);
  const form = useForm({
    initialValues: { currentPassword: '', newPassword: '', revokeOtherSessions: true, revokeApiKeys: true },
    validate: {
      currentPassword: (value) => (value === '' ? 'Enter your password' : null),
      newPassword: (value) =>
        value.length < MIN_PASSWORD ? `Use at least ${MIN_PASSWORD} characters` : null,
    },
  });

  async function change(values: typeof form.values) {
    setState('busy');
    setFailure(null);
    try {
      await authenticate('change-password', values);
      form.reset();
      setState('done');
      await utils.protected.invalidate();
    } catch (error) {
      const errors = fieldErrors(error);
      form.setErrors(errors);
      if (Object.keys(errors).length === 0) setFailure(errorMessage(error));
      setState('idle');
    }
  }

  return (
    <Section title="Password">
      <form onSubmit={form.onSubmit(change)}>
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <PasswordInput
            label="Current password"
            autoComplete="current-password"
            {...form.getInputProps('currentPassword')}
          />
          <PasswordInput
            label="New password"
            autoComplete="new-password"
            {...form.getInputProps('newPassword')}
          />
        </SimpleGrid>
        <Checkbox
          mt="md"
          label="Sign out all other sessions"
          {...form.getInputProps('revokeOtherSessions', { type: 'checkbox' })}
        />
        <Checkbox
          mt="xs"
          label="Revoke API keys"
          {...form.getInputProps('revokeApiKeys', { type: 'checkbox' })}
        />
        <Group mt="md">
          <Button type="submit" loading={state === 'busy'}>
            Change password
          </Button>
          {state === 'done' && (
            <Text size="sm" c="dimmed" role="status">
              Password changed.
            </Text>
          )}
        </Group>
      </form>
      {failure !== null && <ErrorNote>{failure}</ErrorNote>}
    </Section>
  );
}
