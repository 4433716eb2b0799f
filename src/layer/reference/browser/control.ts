import type { SchemaOrRef, Schemas } from '../../openapi/json-schema.ts';

/** A part of the form, for one value of the input. Its node has an `input` event after each change by the reader. */
export interface Control {
  node: HTMLElement;
  /** True if it consists of further controls, so that it needs lines of its own. */
  isGroup?: boolean;
  /** Returns the value; `undefined` if there is none. */
  read: () => unknown;
  /** Shows a value. */
  write: (value: unknown) => void;
  /** Returns the innermost place of the form for a JSON Pointer, split into its parts. */
  placeOf: (pointer: readonly string[]) => HTMLElement;
}

/** What the controls of a form share. */
export interface FormContext {
  schemas: Schemas;
  /** The chosen files, by the names of their fields. */
  files: Map<string, readonly File[]>;
  /** Creates the control of a part. */
  control: (schema: SchemaOrRef, name: string) => Control;
}
