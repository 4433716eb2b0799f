import { type ChangeEvent, useState } from 'react';

/** The fields of a form, by their names. */
export interface Fields<Name extends string> {
  values: Record<Name, string>;
  /** True if a value differs from the first one. */
  isDirty: boolean;
  /** Changes a value, and removes the error of its field. */
  set: (name: Name, value: string) => void;
  /** Shows errors by the names of their fields, and removes all others. */
  setErrors: (errors: Partial<Record<string, string>>) => void;
  /** Removes all errors, and shows the first values again, or other ones, which are the first ones then. */
  reset: (values?: Record<Name, string>) => void;
  /** The properties of a text field. */
  propsOf: (name: Name) => {
    value: string;
    error: string | undefined;
    onChange: (event: ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) => void;
  };
}

/** The state of a form with text fields. @param initial the first values. */
export function useFields<Name extends string>(initial: Record<Name, string>): Fields<Name> {
  const [first, setFirst] = useState(initial);
  const [values, setValues] = useState(initial);
  const [errors, setErrors] = useState<Partial<Record<string, string>>>({});

  function set(name: Name, value: string) {
    setValues((before) => ({ ...before, [name]: value }));
    setErrors((before) => ({ ...before, [name]: undefined }));
  }

  return {
    values,
    isDirty: JSON.stringify(values) !== JSON.stringify(first),
    set,
    setErrors,
    reset(to = first) {
      setFirst(to);
      setValues(to);
      setErrors({});
    },
    propsOf: (name) => ({
      value: values[name],
      error: errors[name],
      onChange: ({ currentTarget }) => set(name, currentTarget.value),
    }),
  };
}
