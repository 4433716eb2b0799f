'use client';

import { Button, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { trpc } from '#src/client/trpc.ts';
import { useErrorMessages } from '#src/client/use-error-messages.ts';
import { Choice } from '#src/components/choice.tsx';
import { CopyField } from '#src/components/copy-field.tsx';
import { ErrorNote } from '#src/components/error-note.tsx';
import { useFields } from '#src/components/use-fields.ts';
import { useTranslations } from '#texts';
import { CreationModal } from './creation-modal.tsx';

export interface NewApiKeyProps {
  opened: boolean;
  onClose: () => void;
}

type Scope = 'read' | 'write';

/** Creates an API key and shows it once. */
export function NewApiKey({ opened, onClose }: NewApiKeyProps) {
  const t = useTranslations('settings.newApiKey');
  const tSettings = useTranslations('settings');
  const tCommon = useTranslations('common');
  const { messageOf, fieldErrorsOf } = useErrorMessages();
  const utils = trpc.useUtils();
  const form = useFields({ name: '', days: '90' });
  const [scope, setScope] = useState<Scope>('read');
  const create = trpc.protected.apiKeys.create.useMutation({
    onSuccess: () => utils.protected.invalidate(),
    onError: (error) => form.setErrors(fieldErrorsOf(error)),
  });

  function close() {
    onClose();
    form.reset();
    setScope('read');
    create.reset();
  }

  return (
    <CreationModal
      opened={opened}
      onClose={close}
      title={tSettings('apiKeys.new')}
      isDirty={form.isDirty || scope !== 'read'}
      isCreated={create.isSuccess}
    >
      {create.isSuccess ? (
        <Stack>
          <Text size="sm">{t('created')}</Text>
          <CopyField label={t('key')} copyLabel={t('copy')} value={create.data.key} isLabelHidden />
          <Group justify="flex-end">
            <Button onClick={close}>{tSettings('done')}</Button>
          </Group>
        </Stack>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            const { name, days } = form.values;
            if (name.trim() === '') form.setErrors({ name: tSettings('nameMissing') });
            else create.mutate({ name, scope, ...(days !== '' && { expiresInDays: Number(days) }) });
          }}
        >
          <Stack>
            <TextInput label={tSettings('name')} data-autofocus maxLength={100} {...form.propsOf('name')} />
            <div>
              <Text size="sm" fw={500} mb={4} id="api-key-scope">
                {t('permissions')}
              </Text>
              <Choice<Scope>
                labelledBy="api-key-scope"
                options={[
                  { value: 'read', label: t('read') },
                  { value: 'write', label: t('write') },
                ]}
                value={scope}
                onChange={setScope}
              />
            </div>
            <Select
              label={t('expiration')}
              data={[
                { value: '30', label: t('days', { count: 30 }) },
                { value: '90', label: t('days', { count: 90 }) },
                { value: '365', label: t('year') },
                { value: '', label: t('never') },
              ]}
              allowDeselect={false}
              value={form.values.days}
              onChange={(days) => form.set('days', days ?? '')}
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
