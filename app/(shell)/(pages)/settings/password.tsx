'use client';

import { Button, Group, Text } from '@mantine/core';
import { type SubmitEvent, useState } from 'react';
import { authenticate } from '#src/client/auth.ts';
import { trpc } from '#src/client/trpc.ts';
import { useErrorMessages } from '#src/client/use-error-messages.ts';
import { CheckboxField } from '#src/components/checkbox-field.tsx';
import { ErrorNote } from '#src/components/error-note.tsx';
import { PasswordField } from '#src/components/password-field.tsx';
import { useFields } from '#src/components/use-fields.ts';
import { useTranslations } from '#texts';
import { SettingsSection } from './settings-section.tsx';
import classes from './settings.module.css';

const MIN_PASSWORD = 8;

/** The form to change the password. */
export function Password() {
  const t = useTranslations('settings.password');
  const { messageOf, fieldErrorsOf } = useErrorMessages();
  const utils = trpc.useUtils();
  const [state, setState] = useState<'idle' | 'busy' | 'done'>('idle');
  const [failure, setFailure] = useState<string | null>(null);
  const form = useFields({ currentPassword: '', newPassword: '' });
  const [revokeOtherSessions, setRevokeOtherSessions] = useState(true);
  const [revokeApiKeys, setRevokeApiKeys] = useState(true);

  /** Returns what is wrong with the fields. */
  function mistakes(): Partial<Record<string, string>> {
    const { currentPassword, newPassword } = form.values;
    return {
      ...(currentPassword === '' && { currentPassword: t('missing') }),
      ...(newPassword.length < MIN_PASSWORD && { newPassword: t('short', { count: MIN_PASSWORD }) }),
    };
  }

  async function change() {
    setState('busy');
    setFailure(null);
    try {
      await authenticate('change-password', { ...form.values, revokeOtherSessions, revokeApiKeys });
      form.reset();
      setRevokeOtherSessions(true);
      setRevokeApiKeys(true);
      setState('done');
      await utils.protected.invalidate();
    } catch (error) {
      const errors = fieldErrorsOf(error);
      form.setErrors(errors);
      if (Object.keys(errors).length === 0) setFailure(messageOf(error));
      setState('idle');
    }
  }

  function onSubmit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const found = mistakes();
    form.setErrors(found);
    if (Object.keys(found).length === 0) void change();
  }

  return (
    <SettingsSection id="password">
      <form onSubmit={onSubmit}>
        <div className={classes['columns']}>
          <PasswordField
            label={t('current')}
            autoComplete="current-password"
            {...form.propsOf('currentPassword')}
          />
          <PasswordField label={t('new')} autoComplete="new-password" {...form.propsOf('newPassword')} />
        </div>
        <div className={classes['checkboxes']}>
          <CheckboxField
            label={t('signOutOthers')}
            checked={revokeOtherSessions}
            onChange={setRevokeOtherSessions}
          />
          <CheckboxField label={t('revokeKeys')} checked={revokeApiKeys} onChange={setRevokeApiKeys} />
        </div>
        <Group mt="md">
          <Button type="submit" loading={state === 'busy'}>
            {t('submit')}
          </Button>
          {state === 'done' && (
            <Text size="sm" c="dimmed" role="status">
              {t('changed')}
            </Text>
          )}
        </Group>
      </form>
      {failure !== null && <ErrorNote>{failure}</ErrorNote>}
    </SettingsSection>
  );
}
