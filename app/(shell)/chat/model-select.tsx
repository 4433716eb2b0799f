'use client';

import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { type Outputs, trpc } from '#src/client/trpc.ts';
import { ChevronsIcon } from '#src/components/icons.tsx';
import { onDemand, useLoad } from '#src/components/on-demand.ts';
import { useTranslations } from '#texts';
import type { ModelFieldProps } from './model-field.tsx';
import { useLastModel } from './use-last-model.ts';

const modelField = onDemand<ModelFieldProps>(() =>
  import('./model-field.tsx').then((module) => module.ModelField),
);

/** The providers whose names are in the catalog. */
const PROVIDERS = ['openai', 'anthropic', 'google', 'guide'] as const;

type Model = Outputs['chat']['models']['items'][number];

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
  const t = useTranslations('chat.model');
  const { data } = trpc.chat.models.useQuery();
  const [, remember] = useLastModel();
  const [wish, setWish] = useState<ModelFieldProps['wish']>('nothing');
  useLoad(modelField, wish !== 'nothing', () => setWish('nothing'));
  const models = data?.items.filter((model) => model.available) ?? [];
  if (models.length < 2) return null;
  const nameOf = ({ provider, name }: Model) => (provider === 'guide' ? t('offlineGuide') : name);
  function titleOf(provider: string): string {
    const known = PROVIDERS.find((each) => each === provider);
    if (known) return t(`providers.${known}`);
    return provider === 'openai-compatible' ? t('providers.other') : provider;
  }
  const groups = [...new Set(models.map(({ provider }) => provider))].map((provider) => ({
    group: titleOf(provider),
    items: models.flatMap((model) =>
      model.provider === provider ? [{ value: model.id, label: nameOf(model) }] : [],
    ),
  }));
  const selected = value ?? models.find((model) => model.isDefault)?.id ?? null;
  const shown = models.find(({ id }) => id === selected);
  const size = isField ? 'sm' : 'xs';
  return (
    <modelField.View
      isWanted={wish !== 'nothing'}
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
          aria-label={t('label')}
          translate="no"
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
          value={shown ? nameOf(shown) : ''}
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
