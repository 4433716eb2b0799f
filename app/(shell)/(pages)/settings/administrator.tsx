'use client';

import { Button, Group, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { reloadAs } from '#src/client/auth.ts';
import { fieldErrors, errorMessage } from '#src/client/errors.ts';
import { trpc } from '#src/client/trpc.ts';
import { ErrorNote } from '#src/components/error-note.tsx';
import { Section } from '#src/components/section.tsx';

/** The form to become the first admin with a code. */
export function Administrator() {
  const form = useForm({ initialValues: { code: '' } });
  const claim = trpc.protected.claimAdmin.useMutation({
    onSuccess: () => {
      reloadAs('/admin');
    },
    onError: (error) => form.setErrors(fieldErrors(error)),
  });
  const isUnexplained = claim.isError && Object.keys(fieldErrors(claim.error)).length === 0;

  return (
    <Section
      title="Administrator"
      description="This installation has no administrator yet. Enter the code from the server’s console to become one."
    >
      <form onSubmit={form.onSubmit((values) => claim.mutate(values))}>
        <Group align="end">
          <TextInput
            label="Code"
            placeholder="XXXXX-XXXXX-XXXXX-XXXXX"
            autoComplete="one-time-code"
            w="18rem"
            {...form.getInputProps('code')}
          />
          <Button type="submit" loading={claim.isPending} disabled={form.values.code.trim() === ''}>
            Become administrator
          </Button>
        </Group>
      </form>
      {isUnexplained && <ErrorNote>{errorMessage(claim.error)}</ErrorNote>}
    </Section>
  );
}
