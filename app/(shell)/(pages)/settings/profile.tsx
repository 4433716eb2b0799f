'use client';

import { Button, Group, SimpleGrid, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { fieldErrors, errorMessage } from '#src/client/errors.ts';
import { trpc } from '#src/client/trpc.ts';
import { ErrorNote } from '#src/components/error-note.tsx';
import { Section } from '#src/components/section.tsx';

/** The form for the account's name and email. */
export function Profile() {
  const { data: user } = trpc.users.me.useQuery();
  return user ? <ProfileForm key={user.id} id={user.id} name={user.name} email={user.email} /> : null;
}

function ProfileForm({ id, name, email }: { id: string; name: string; email: string }) {
  const utils = trpc.useUtils();
  const form = useForm({ initialValues: { name, email } });
  const update = trpc.users.update.useMutation({
    onSuccess: (user) => {
      utils.users.me.setData(undefined, user);
      form.setInitialValues({ name: user.name, email: user.email });
      form.reset();
      return utils.protected.audit.invalidate();
    },
    onError: (error) => form.setErrors(fieldErrors(error)),
  });
  const isUnexplained = update.isError && Object.keys(fieldErrors(update.error)).length === 0;

  return (
    <Section title="Profile">
      <form onSubmit={form.onSubmit((values) => update.mutate({ id, ...values }))}>
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <TextInput label="Name" autoComplete="name" {...form.getInputProps('name')} />
          <TextInput label="Email" type="email" autoComplete="email" {...form.getInputProps('email')} />
        </SimpleGrid>
        <Group mt="md">
          <Button type="submit" loading={update.isPending} disabled={!form.isDirty()}>
            Save
          </Button>
          {update.isSuccess && !form.isDirty() && (
            <Text size="sm" c="dimmed" role="status">
              Saved.
            </Text>
          )}
        </Group>
      </form>
      {isUnexplained && <ErrorNote>{errorMessage(update.error)}</ErrorNote>}
    </Section>
  );
}
