'use client';

import { Button, Checkbox, Group, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { type SubmitEvent, useState } from 'react';
import { APP_SCHEMES, redirectFault } from '#contract/redirect-uri';
import { trpc } from '#src/client/trpc.ts';
import { useErrorMessages } from '#src/client/use-error-messages.ts';
import { CopyField } from '#src/components/copy-field.tsx';
import { ErrorNote } from '#src/components/error-note.tsx';
import { useFields } from '#src/components/use-fields.ts';
import { useTranslations } from '#texts';
import { CreationModal } from './creation-modal.tsx';

const linesOf = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

const SCHEMES = APP_SCHEMES.map((scheme) => `${scheme}://`).join(', ');

export interface NewRegisteredProgramProps {
  opened: boolean;
  onClose: () => void;
}

/** Registers a program, and shows its client ID and once its secret. */
export function NewRegisteredProgram({ opened, onClose }: NewRegisteredProgramProps) {
  const t = useTranslations('settings.newProgram');
  const tSettings = useTranslations('settings');
  const tCommon = useTranslations('common');
  const { messageOf, fieldErrorsOf } = useErrorMessages();
  const utils = trpc.useUtils();

  /** Returns what is wrong with the redirect URIs, one in each line. */
  function problemOf(text: string): string | null {
    const uris = linesOf(text);
    if (uris.length === 0) return t('redirectUriMissing');
    for (const uri of uris) {
      const fault = redirectFault(uri);
      if (fault !== null) return t(`faults.${fault}`, { uri, schemes: SCHEMES });
    }
    return null;
  }

  const form = useFields({ name: '', redirectUris: '' });
  const [hasSecret, setHasSecret] = useState(false);
  const create = trpc.protected.registeredClients.create.useMutation({
    onSuccess: () => utils.protected.invalidate(),
    onError: (error) => form.setErrors(fieldErrorsOf(error)),
  });

  function onSubmit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const { name, redirectUris } = form.values;
    const problem = problemOf(redirectUris);
    const mistakes = {
      ...(name.trim() === '' && { name: tSettings('nameMissing') }),
      ...(problem !== null && { redirectUris: problem }),
    };
    form.setErrors(mistakes);
    if (Object.keys(mistakes).length > 0) return;
    create.mutate({ name, hasSecret, redirectUris: linesOf(redirectUris) });
  }

  function close() {
    onClose();
    form.reset();
    setHasSecret(false);
    create.reset();
  }

  return (
    <CreationModal
      opened={opened}
      onClose={close}
      title={tSettings('registeredPrograms.new')}
      isDirty={form.isDirty || hasSecret}
      isCreated={create.isSuccess}
    >
      {create.isSuccess ? (
        <Stack>
          <Text size="sm">{t(create.data.secret === null ? 'created' : 'createdWithSecret')}</Text>
          <CopyField label={t('id')} copyLabel={t('copyId')} value={create.data.id} />
          {create.data.secret !== null && (
            <CopyField label={t('secret')} copyLabel={t('copySecret')} value={create.data.secret} />
          )}
          <Group justify="flex-end">
            <Button onClick={close}>{tSettings('done')}</Button>
          </Group>
        </Stack>
      ) : (
        <form onSubmit={onSubmit}>
          <Stack>
            <TextInput
              label={tSettings('name')}
              data-autofocus
              maxLength={100}
              autoComplete="off"
              {...form.propsOf('name')}
            />
            <Textarea
              label={t('redirectUris')}
              description={t('redirectUrisHint')}
              placeholder="http://127.0.0.1/callback"
              translate="no"
              autosize
              minRows={2}
              spellCheck={false}
              {...form.propsOf('redirectUris')}
            />
            <Checkbox
              label={t('needsSecret')}
              description={t('needsSecretHint')}
              checked={hasSecret}
              onChange={(event) => setHasSecret(event.currentTarget.checked)}
            />
            {create.isError && Object.keys(fieldErrorsOf(create.error)).length === 0 && (
              <ErrorNote>{messageOf(create.error)}</ErrorNote>
            )}
            <Group justify="flex-end">
              <Button variant="default" onClick={close}>
                {tCommon('cancel')}
              </Button>
              <Button type="submit" loading={create.isPending}>
                {t('submit')}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </CreationModal>
  );
}
