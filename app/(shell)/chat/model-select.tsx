'use client';

import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { trpc } from '#src/client/trpc.ts';
import { ChevronsIcon } from '#src/components/icons.tsx';
import { onDemand, useLoad } from '#src/components/on-demand.ts';
import type { ModelFieldProps } from './model-field.tsx';
import { useLastModel } from './use-last-model.ts';

const modelField = onDemand<ModelFieldProps>(() =>
  import('./model-field.tsx').then((module) => module.ModelField),
);

const PROVIDER_NAMES: Readonly<Record<string, string>> = {
  openai: 'OpenAI',
  anthropic: 'Anthropic',
  google: 'Google',
  'openai-compatible': 'Other',
  guide: 'Built in',
};

interface ModelSelectProps {
  /** The model of the chat, or null for the default. */
  value: string | null;
  onChange: (model: string) => void;
  disabled?: boolean;
  /** True to look like the fields of a form. */
  isField?: boolean;
}

/** A select of the available models, by provider. It remembers the last choice. Not shown if there is only one. */
export function ModelSelect({ value, onChange, disabled = false, isField = false }: ModelSelectProps) {
  const { data } = trpc.chat.models.useQuery();
  const [, remember] = useLastModel();
  const [wish, setWish] = useState<ModelFieldProps['wish']>('nothing');
  useLoad(modelField, wish !== 'nothing', () => setWish('nothing'));
  const models = data?.items.filter((model) => model.available) ?? [];
  if (models.length < 2) return null;
  const groups = [...new Set(models.map(({ provider }) => provider))].map((provider) => ({
    group: PROVIDER_NAMES[provider] ?? provider,
    items: models.flatMap((model) =>
      model.provider === provider ? [{ value: model.id, label: model.name }] : [],
    ),
  }));
  const selected = value ?? models.find((model) => model.isDefault)?.id ?? null;
  const size = isField ? 'sm' : 'xs';
  return (
    <modelField.View
      props={{
        data: groups.length > 1 ? groups : (groups[0]?.items ?? []),
        count: models.length,
        value: selected,
        onChange(model) {
          remember(model);
          onChange(model);
        },
        disabled,
        isField,
        wish,
      }}
      fallback={
        <TextInput
          aria-label="Model"
          role="combobox"
          aria-haspopup="listbox"
          aria-expanded={false}
          readOnly
          pointer
          size={size}
          w={isField ? 260 : 210}
          variant={isField ? 'default' : 'unstyled'}
          disabled={disabled}
          rightSection={<ChevronsIcon />}
          rightSectionPointerEvents="none"
          value={models.find(({ id }) => id === selected)?.name ?? ''}
          onFocus={() => setWish((before) => (before === 'open' ? before : 'focus'))}
          onBlur={() => setWish('nothing')}
          onMouseDown={() => setWish('open')}
          onKeyDown={({ key }) => {
            if (key !== 'Tab' && key !== 'Shift') setWish('open');
          }}
        />
      }
    />
  );
}
