import { Textarea } from '@mantine/core';
import { useTranslations } from '#texts';

interface InstructionsFieldProps {
  label: string;
  description: string;
  value: string;
  onChange: (value: string) => void;
  /** The maximum number of characters. A longer text is kept, with an error. */
  max: number;
}

/** A field for instructions to the model. */
export function InstructionsField({ label, description, value, onChange, max }: InstructionsFieldProps) {
  const t = useTranslations('common.instructions');
  const isTooLong = value.length > max;
  return (
    <Textarea
      label={label}
      description={description}
      placeholder={t('example')}
      autosize
      minRows={4}
      maxRows={14}
      data-autofocus
      value={value}
      error={isTooLong ? t('tooLong', { length: value.length, max }) : null}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
