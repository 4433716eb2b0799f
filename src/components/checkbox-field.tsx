import type { ComponentProps } from 'react';
import classes from './checkbox-field.module.css';

interface CheckboxFieldProps extends Pick<ComponentProps<'input'>, 'checked'> {
  label: string;
  onChange: (isChecked: boolean) => void;
}

/** A checkbox with its label. */
export function CheckboxField({ label, onChange, ...props }: CheckboxFieldProps) {
  return (
    <label className={classes['field']}>
      <input type="checkbox" {...props} onChange={(event) => onChange(event.currentTarget.checked)} />
      {label}
    </label>
  );
}
