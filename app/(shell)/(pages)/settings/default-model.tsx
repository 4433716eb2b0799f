'use client';

import { Text } from '@mantine/core';
import { trpc } from '#src/client/trpc.ts';
import { Section } from '#src/components/section.tsx';
import { ModelSelect } from '../../chat/model-select.tsx';
import { useLastModel } from '../../chat/use-last-model.ts';

/** The choice of the model of new chats, which this browser remembers. */
export function DefaultModel() {
  const { data } = trpc.chat.models.useQuery();
  const [model, setModel] = useLastModel();
  const available = data?.items.filter((item) => item.available) ?? [];
  return (
    <Section
      title="Default model"
      description="New chats in this browser use it. Choosing another model for a chat changes it too."
    >
      {available.length < 2 ? (
        <Text size="sm">{available[0]?.name ?? 'No model is available.'}</Text>
      ) : (
        <ModelSelect isField value={model} onChange={setModel} />
      )}
    </Section>
  );
}
