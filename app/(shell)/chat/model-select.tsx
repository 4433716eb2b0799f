'use client';

import { TextInput } from '@mantine/core';
import { type KeyboardEvent, useState } from 'react';
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

/** True for a key that opens a select: it searches too. */
const opens = ({ key, ctrlKey, metaKey, altKey }: KeyboardEvent) =>
  ['Enter', 'ArrowDown', 'ArrowUp'].includes(key) || (key.length === 1 && !ctrlKey && !metaKey && !altKey);

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
  const [isWanted, setIsWanted] = useState(false);
  useLoad(modelField, isWanted, () => setIsWanted(false));
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
      isWanted={isWanted}
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
          onBlur={() => setIsWanted(false)}
          // Not before the click, because the browser gives the focus to the element that the button was pressed on.
          onClick={() => setIsWanted(true)}
          onKeyDown={(event) => {
            if (!opens(event)) return;
            // Enter would send the form.
            event.preventDefault();
            setIsWanted(true);
          }}
        />
      }
    />
  );
}
