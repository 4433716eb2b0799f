import { ActionIcon, CopyButton, TextInput } from '@mantine/core';
import { CheckIcon, CopyIcon } from './icons.tsx';

interface CopyFieldProps {
  value: string;
  /** The name of the value, for the field and in lower case for its button. */
  label: string;
  /** True if the label is for screen readers only. */
  isLabelHidden?: boolean;
}

/** Shows a value to copy, such as a key. */
export function CopyField({ value, label, isLabelHidden = false }: CopyFieldProps) {
  return (
    <TextInput
      readOnly
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
              aria-label={copied ? 'Copied' : `Copy ${label.charAt(0).toLowerCase()}${label.slice(1)}`}
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
