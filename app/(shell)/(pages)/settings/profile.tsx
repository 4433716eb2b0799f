'use client';

import { Button, Group, Text, TextInput } from '@mantine/core';
import { trpc } from '#src/client/trpc.ts';
import { useErrorMessages } from '#src/client/use-error-messages.ts';
import { ErrorNote } from '#src/components/error-note.tsx';
import { useFields } from '#src/components/use-fields.ts';
import { useTranslations } from '#texts';
import { SettingsSection } from './settings-section.tsx';
import classes from './settings.module.css';

/** The form for the account's name and email. */
export function Profile() {
  const { data: user } = trpc.users.me.useQuery();
  return user ? <ProfileForm key={user.id} id={user.id} name={user.name} email={user.email} /> : null;
}

function ProfileForm({ id, name, email }: { id: string; name: string; email: string }) {
  const t = useTranslations('settings');
  const { messageOf, fieldErrorsOf } = useErrorMessages();
  const utils = trpc.useUtils();
  const form = useFields({ name, email });
  const update = trpc.users.update.useMutation({
    onSuccess: (user) => {
      utils.users.me.setData(undefined, user);
      form.reset({ name: user.name, email: user.email });
      return utils.protected.audit.invalidate();
    },
    onError: (error) => form.setErrors(fieldErrorsOf(error)),
  });
  const isUnexplained = update.isError && Object.keys(fieldErrorsOf(update.error)).length === 0;

  return (
    <SettingsSection id="profile">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          update.mutate({ id, ...form.values });
        }}
      >
        <div className={classes['columns']}>
          <TextInput label={t('name')} autoComplete="name" {...form.propsOf('name')} />
          <TextInput
            label={t('profile.email')}
            type="email"
            autoComplete="email"
            {...form.propsOf('email')}
          />
        </div>
        <Group mt="md">
          <Button type="submit" loading={update.isPending} disabled={!form.isDirty}>
            {t('save')}
          </Button>
          {update.isSuccess && !form.isDirty && (
            <Text size="sm" c="dimmed" role="status">
              {t('saved')}
            </Text>
          )}
        </Group>
      </form>
      {isUnexplained && <ErrorNote>{messageOf(update.error)}</ErrorNote>}
    </SettingsSection>
  );
}
