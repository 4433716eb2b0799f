import { ActionIcon, CopyButton, TextInput } from '@mantine/core';
import { useTranslations } from '#texts';
import { CheckIcon, CopyIcon } from './basic-icons.tsx';

interface CopyFieldProps {
  value: string;
  /** The name of the value. */
  label: string;
  /** The name of its button, such as `Copy key`. */
  copyLabel: string;
  /** True if the label is for screen readers only. */
  isLabelHidden?: boolean;
}

/** Shows a value to copy, such as a key. */
export function CopyField({ value, label, copyLabel, isLabelHidden = false }: CopyFieldProps) {
  const t = useTranslations('common');
  return (
    <TextInput
      readOnly
      translate="no"
      {...(isLabelHidden ? { 'aria-label': label } : { label })}
      value={value}
      styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
      onFocus={(event) => event.currentTarget.select()}
      rightSection={
        <CopyButton value={value}>
          {({ copied, copy }) => (
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={copied ? t('copied') : copyLabel}
              onClick={copy}
            >
              {copied ? <CheckIcon size={16} /> : <CopyIcon size={16} />}
            </ActionIcon>
          )}
        </CopyButton>
      }
    />
  );
}
