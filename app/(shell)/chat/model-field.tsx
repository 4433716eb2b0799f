'use client';

import {
  type ComboboxItem,
  type ComboboxItemGroup,
  type ComboboxParsedItem,
  type OptionsFilter,
  Select,
} from '@mantine/core';
import { useTranslations } from '#texts';

/** The number of models from which on they can be searched. */
const MANY = 8;

export interface ModelFieldProps {
  /** The models, by provider if there are several. */
  data: ComboboxItemGroup<ComboboxItem>[] | ComboboxItem[];
  count: number;
  value: string | null;
  onChange: (model: string) => void;
  disabled: boolean;
  /** True to look like the fields of a form. */
  isField: boolean;
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

/** The select of `ModelSelect`, which is open at first, because it replaces a field that the user has opened. */
export function ModelField({ data, count, value, onChange, disabled, isField }: ModelFieldProps) {
  const t = useTranslations('chat.model');
  return (
    <Select
      aria-label={t('label')}
      size={isField ? 'sm' : 'xs'}
      w={isField ? 260 : 210}
      variant={isField ? 'default' : 'unstyled'}
      allowDeselect={false}
      disabled={disabled}
      searchable={count >= MANY}
      filter={filter}
      nothingFoundMessage={t('none')}
      maxDropdownHeight={320}
      comboboxProps={{ width: 260, position: 'top-start' }}
      data={data}
      renderOption={({ option }) => <span translate="no">{option.label}</span>}
      translate="no"
      value={value}
      autoFocus
      defaultDropdownOpened
      onChange={(model) => {
        if (model !== null) onChange(model);
      }}
    />
  );
}
