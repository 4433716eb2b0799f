'use client';

import { Text } from '@mantine/core';
import { trpc } from '#src/client/trpc.ts';
import { useTranslations } from '#texts';

/** Tells who answers in a new chat. `model` is the chosen model, or null for the default. */
export function ModelHint({ model }: { model: string | null }) {
  const t = useTranslations('chat.model');
  const { data } = trpc.chat.models.useQuery();
  const chosen = data?.items.find(({ id, isDefault }) => (model === null ? isDefault : id === model));
  if (!chosen) return null;
  return (
    <Text c="dimmed">{chosen.provider === 'guide' ? t('guideHint') : t('hint', { model: chosen.name })}</Text>
  );
}
