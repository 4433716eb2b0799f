'use client';

import { type ReactNode, useId } from 'react';
import classes from './choice.module.css';

interface ChoiceProps<Value extends string> {
  /** The name, unless `labelledBy` is the id of an element with it. */
  label?: string;
  labelledBy?: string;
  options: readonly { value: Value; label: ReactNode }[];
  value: Value;
  onChange: (value: Value) => void;
  disabled?: boolean;
}

/** A choice of one of a few options, side by side. */
export function Choice<Value extends string>(props: ChoiceProps<Value>) {
  const { label, labelledBy, options, value, onChange, disabled = false } = props;
  const name = useId();
  return (
    <div role="radiogroup" aria-label={label} aria-labelledby={labelledBy} className={classes['choice']}>
      {options.map((option) => (
        <label key={option.value} className={classes['option']}>
          <input
            type="radio"
            className={classes['input']}
            name={name}
            value={option.value}
            checked={option.value === value}
            disabled={disabled}
            onChange={() => onChange(option.value)}
          />
          {option.label}
        </label>
      ))}
    </div>
  );
}
