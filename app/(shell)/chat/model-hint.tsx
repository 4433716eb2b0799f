'use client';

import { Text } from '@mantine/core';
import { trpc } from '#src/client/trpc.ts';

/** Tells who answers in a new chat. `model` is the chosen model, or null for the default. */
export function ModelHint({ model }: { model: string | null }) {
  const { data } = trpc.chat.models.useQuery();
  const chosen = data?.items.find(({ id, isDefault }) => (model === null ? isDefault : id === model));
  if (!chosen) return null;
  return (
    <Text c="dimmed">
      {chosen.provider === 'guide'
        ? 'The offline guide answers from the documentation of this installation.'
        : `Ask anything. ${chosen.name} answers.`}
    </Text>
  );
}
