'use client';

import { NativeSelect } from '@mantine/core';
import { trpc } from '#src/client/trpc.ts';

/** Temperatures in words. */
const STYLES = [
  { value: '', label: 'As the model decides' },
  { value: '0.2', label: 'Precise' },
  { value: '0.7', label: 'Balanced' },
  { value: '1', label: 'Inventive' },
];

interface TemperatureSelectProps {
  /** The model of the chat; null for the default. */
  model: string | null;
  value: number | null;
  onChange: (temperature: number | null) => void;
}

/** A choice of how freely a model answers. Not shown for a model that has no temperature. */
export function TemperatureSelect({ model, value, onChange }: TemperatureSelectProps) {
  const { data } = trpc.chat.models.useQuery();
  const used = data?.items.find(({ id, isDefault }) => (model === null ? isDefault : id === model));
  const max = used?.maxTemperature ?? null;
  if (max === null) return null;
  const text = value === null ? '' : String(value);
  // Another program may have set any number.
  const isOther = STYLES.every((style) => style.value !== text);
  return (
    <NativeSelect
      label="Style of the answers"
      description="The temperature of the model: how freely it chooses its words."
      data={isOther ? [...STYLES, { value: text, label: `Temperature ${text}` }] : STYLES}
      value={text}
      onChange={({ currentTarget }) =>
        onChange(currentTarget.value === '' ? null : Number(currentTarget.value))
      }
    />
  );
}
