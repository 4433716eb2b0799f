'use client';

import { Text } from '@mantine/core';
import { trpc } from '#src/client/trpc.ts';
import { useTranslations } from '#texts';
import { ModelSelect } from '../../chat/model-select.tsx';
import { useLastModel } from '../../chat/use-last-model.ts';
import { SettingsSection } from './settings-section.tsx';

/** The choice of the model of new chats, which this browser remembers. */
export function DefaultModel() {
  const t = useTranslations('settings.defaultModel');
  const { data } = trpc.chat.models.useQuery();
  const [model, setModel] = useLastModel();
  const available = data?.items.filter((item) => item.available) ?? [];
  return (
    <SettingsSection id="default-model" description={t('description')}>
      {available.length < 2 ? (
        <Text size="sm">{available[0] ? <span translate="no">{available[0].name}</span> : t('none')}</Text>
      ) : (
        <ModelSelect isField value={model} onChange={setModel} />
      )}
    </SettingsSection>
  );
}
