'use client';

import { type ComboboxItem, type ComboboxParsedItem, type OptionsFilter, Select } from '@mantine/core';
import { trpc } from '#src/client/trpc.ts';
import { useLastModel } from './use-last-model.ts';

/** The number of models from which on they can be searched. */
const MANY = 8;

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

/** Keeps the models whose id, which begins with the provider, or name has each word of the search. */
const filter: OptionsFilter = ({ options, search }) => {
  const words = search.toLowerCase().split(/\s+/);
  const has = ({ value, label }: ComboboxItem) => {
    const text = `${value} ${label}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
  return options.flatMap((option): ComboboxParsedItem[] => {
    if (!('group' in option)) return has(option) ? [option] : [];
    const items = option.items.filter(has);
    return items.length > 0 ? [{ ...option, items }] : [];
  });
};

/** A select of the available models, by provider. It remembers the last choice. Not shown if there is only one. */
export function ModelSelect({ value, onChange, disabled = false, isField = false }: ModelSelectProps) {
  const { data } = trpc.chat.models.useQuery();
  const [, remember] = useLastModel();
  const models = data?.items.filter((model) => model.available) ?? [];
  if (models.length < 2) return null;
  const groups = [...new Set(models.map(({ provider }) => provider))].map((provider) => ({
    group: PROVIDER_NAMES[provider] ?? provider,
    items: models.flatMap((model) =>
      model.provider === provider ? [{ value: model.id, label: model.name }] : [],
    ),
  }));
  return (
    <Select
      aria-label="Model"
      size={isField ? 'sm' : 'xs'}
      w={isField ? 260 : 210}
      variant={isField ? 'default' : 'unstyled'}
      allowDeselect={false}
      disabled={disabled}
      searchable={models.length >= MANY}
      filter={filter}
      nothingFoundMessage="No matching models."
      maxDropdownHeight={320}
      comboboxProps={{ width: 260, position: 'top-start' }}
      data={groups.length > 1 ? groups : (groups[0]?.items ?? [])}
      value={value ?? models.find((model) => model.isDefault)?.id ?? null}
      onChange={(model) => {
        if (model === null) return;
        remember(model);
        onChange(model);
      }}
    />
  );
}
