'use client';

import { Button, Group, TextInput } from '@mantine/core';
import { reloadAs } from '#src/client/auth.ts';
import { trpc } from '#src/client/trpc.ts';
import { useErrorMessages } from '#src/client/use-error-messages.ts';
import { ErrorNote } from '#src/components/error-note.tsx';
import { useFields } from '#src/components/use-fields.ts';
import { useTranslations } from '#texts';
import { SettingsSection } from './settings-section.tsx';

/** The form to become the first admin with a code. */
export function Administrator() {
  const t = useTranslations('settings.administrator');
  const { messageOf, fieldErrorsOf } = useErrorMessages();
  const form = useFields({ code: '' });
  const claim = trpc.protected.claimAdmin.useMutation({
    onSuccess: () => {
      reloadAs('/admin');
    },
    onError: (error) => form.setErrors(fieldErrorsOf(error)),
  });
  const isUnexplained = claim.isError && Object.keys(fieldErrorsOf(claim.error)).length === 0;

  return (
    <SettingsSection id="administrator" description={t('description')}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          claim.mutate(form.values);
        }}
      >
        <Group align="end">
          <TextInput
            label={t('code')}
            placeholder="XXXXX-XXXXX-XXXXX-XXXXX"
            translate="no"
            autoComplete="one-time-code"
            w="18rem"
            {...form.propsOf('code')}
          />
          <Button type="submit" loading={claim.isPending} disabled={form.values.code.trim() === ''}>
            {t('submit')}
          </Button>
        </Group>
      </form>
      {isUnexplained && <ErrorNote>{messageOf(claim.error)}</ErrorNote>}
    </SettingsSection>
  );
}
