'use client';

import { NativeSelect } from '@mantine/core';
import { trpc } from '#src/client/trpc.ts';
import { useLocale, useTranslations } from '#texts';

/** Temperatures in words. */
const STYLES = [
  { value: '', name: 'auto' },
  { value: '0.2', name: 'precise' },
  { value: '0.7', name: 'balanced' },
  { value: '1', name: 'inventive' },
] as const;

interface TemperatureSelectProps {
  /** The model of the chat; null for the default. */
  model: string | null;
  value: number | null;
  onChange: (temperature: number | null) => void;
}

/** A choice of how freely a model answers. Not shown for a model that has no temperature. */
export function TemperatureSelect({ model, value, onChange }: TemperatureSelectProps) {
  const t = useTranslations('chat.temperature');
  const locale = useLocale();
  const { data } = trpc.chat.models.useQuery();
  const used = data?.items.find(({ id, isDefault }) => (model === null ? isDefault : id === model));
  const max = used?.maxTemperature ?? null;
  if (max === null) return null;
  const text = value === null ? '' : String(value);
  const styles: { value: string; label: string }[] = STYLES.map((style) => ({
    value: style.value,
    label: t(style.name),
  }));
  // Another program may have set any number.
  if (value !== null && styles.every((style) => style.value !== text)) {
    const temperature = new Intl.NumberFormat(locale, { maximumFractionDigits: 20 }).format(value);
    styles.push({ value: text, label: t('other', { temperature }) });
  }
  return (
    <NativeSelect
      label={t('label')}
      description={t('description')}
      data={styles}
      value={text}
      onChange={({ currentTarget }) =>
        onChange(currentTarget.value === '' ? null : Number(currentTarget.value))
      }
    />
  );
}
