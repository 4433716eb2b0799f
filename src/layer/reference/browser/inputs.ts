import type { Control, FormContext } from './control.ts';
import { element } from './dom.ts';
import type { Kind } from './kinds.ts';

/** Returns the control of an input of HTML. A value that was written is read unchanged until the reader edits it. */
function control(
  node: HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement,
  { parse, format }: { parse: (text: string) => unknown; format: (value: unknown) => string },
): Control {
  let written: { value: unknown } | null = null;
  node.addEventListener('input', () => {
    written = null;
  });
  return {
    node,
    read: () => (written ? written.value : parse(node.value)),
    write(value) {
      written = value === undefined ? null : { value };
      node.value = value === undefined ? '' : format(value);
    },
    placeOf: () => node,
  };
}

const json = (value: unknown) => JSON.stringify(value);
const plain = (value: unknown) => (typeof value === 'string' ? value : json(value));

/** A date and time as the input of HTML has it: in the time zone of the reader, without a zone. */
function localTime(value: unknown): string {
  const date = new Date(typeof value === 'string' ? value : NaN);
  if (Number.isNaN(date.getTime())) return '';
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, -1);
}

/** Creates the control of a text, a date, or a date with a time. */
export function textControl(
  { format, isLong }: Pick<Extract<Kind, { kind: 'text' }>, 'format' | 'isLong'>,
  label: string,
): Control {
  const same = { parse: (text: string): unknown => text, format: plain };
  if (isLong) return control(element('textarea', { rows: '2', 'aria-label': label }), same);
  if (format === 'date-time') {
    const parse = (text: string) => (text === '' ? undefined : new Date(text).toISOString());
    const node = element('input', { type: 'datetime-local', step: '0.001', 'aria-label': label });
    return control(node, { parse, format: localTime });
  }
  const type = format === 'date' ? 'date' : 'text';
  const node = element('input', { type, 'aria-label': label, autocomplete: 'off', spellcheck: 'false' });
  return control(node, same);
}

/** Creates the control of a number. */
export function numberControl(label: string): Control {
  const node = element('input', { type: 'number', step: 'any', 'aria-label': label });
  const parse = (text: string) => (text === '' ? undefined : Number(text));
  return control(node, { parse, format: plain });
}

/** Creates the choice of one of several values. */
export function choiceControl(values: readonly unknown[], label: string): Control {
  const options = values.map((value) => element('option', { value: json(value) }, plain(value)));
  const node = element('select', { 'aria-label': label }, ...options);
  const chosen = control(node, { parse: (text): unknown => JSON.parse(text), format: json });
  return {
    ...chosen,
    write(value) {
      chosen.write(value);
      // A value that is not one of them is kept until the reader chooses another one.
      if (value === undefined) node.selectedIndex = 0;
    },
  };
}

/** Creates the control of files, which JSON cannot carry: they are in the files of the form. */
export function fileControl(isList: boolean, name: string, { files }: Pick<FormContext, 'files'>): Control {
  const node = element('input', { type: 'file', multiple: isList, 'aria-label': name });
  node.addEventListener('input', () => {
    files.set(name, [...(node.files ?? [])]);
  });
  return { node, read: () => undefined, write: () => undefined, placeOf: () => node };
}

/** Creates the control of any value, as JSON. */
export function jsonControl(label: string): Control {
  const node = element('textarea', { rows: '3', 'aria-label': `${label} as JSON`, spellcheck: 'false' });
  let value: unknown;
  node.addEventListener('input', () => {
    try {
      value = node.value.trim() === '' ? undefined : JSON.parse(node.value);
      node.setCustomValidity('');
    } catch (error) {
      node.setCustomValidity(String(error));
      node.reportValidity();
    }
  });
  return {
    node,
    read: () => value,
    write(given) {
      value = given;
      node.value = given === undefined ? '' : JSON.stringify(given, null, 2);
    },
    placeOf: () => node,
  };
}
