'use client';

import { Select } from '@mantine/core';
import { trpc } from '#src/client/trpc.ts';

interface ModelSelectProps {
  /** The model of the chat, or null for the default. */
  value: string | null;
  onChange: (model: string) => void;
  disabled?: boolean;
}

/** A select of the available models. Not shown if there is only one. */
export function ModelSelect({ value, onChange, disabled = false }: ModelSelectProps) {
  const { data } = trpc.chat.models.useQuery();
  const models = data?.items.filter((model) => model.available) ?? [];
  if (models.length < 2) return null;
  return (
    <Select
      aria-label="Model"
      size="xs"
      w={210}
      variant="unstyled"
      allowDeselect={false}
      disabled={disabled}
      data={models.map(({ id, name }) => ({ value: id, label: name }))}
      value={value ?? models.find((model) => model.isDefault)?.id ?? null}
      onChange={(model) => {
        if (model !== null) onChange(model);
      }}
    />
  );
}
