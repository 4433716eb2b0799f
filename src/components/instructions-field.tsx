import { Textarea } from '@mantine/core';

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
  const isTooLong = value.length > max;
  return (
    <Textarea
      label={label}
      description={description}
      placeholder="For example: Answer briefly. I write TypeScript."
      autosize
      minRows={4}
      maxRows={14}
      data-autofocus
      value={value}
      error={isTooLong ? `Too long: ${value.length} of at most ${max} characters.` : null}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
