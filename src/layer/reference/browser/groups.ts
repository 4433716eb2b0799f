import { isPlainObject } from '../../rest/text.ts';
import type { SchemaOrRef } from '../../openapi/json-schema.ts';
import type { Control, FormContext } from './control.ts';
import { button, changed, element } from './dom.ts';
import { fits, type FieldSchema, kindOf, labelOf } from './kinds.ts';

/** Returns the innermost place for a pointer among parts, by the name of each. */
const placeAmong =
  (
    node: HTMLElement,
    partOf: (name: string) => { row: HTMLElement; control?: Control | undefined } | undefined,
  ) =>
  ([name, ...rest]: readonly string[]): HTMLElement => {
    const part = name === undefined ? undefined : partOf(name);
    if (!part) return node;
    return rest.length > 0 && part.control?.isGroup ? part.control.placeOf(rest) : part.row;
  };

/** A field of an object in the form. One that is optional is sent if its box is checked. */
interface Field {
  row: HTMLElement;
  readonly control: Control | undefined;
  read: () => unknown;
  write: (value: unknown) => void;
}

function fieldOf({ name, schema, isRequired }: FieldSchema, context: FormContext): Field {
  const hasParts = isGroup(schema, context);
  const box = element('input', { type: 'checkbox', 'aria-label': `Send ${name}` });
  const row = element('div', { class: hasParts ? 'row group' : 'row' });
  let isSent = isRequired;
  let control: Control | undefined;

  /** Creates the control when it is first needed. */
  function create(): Control {
    if (control) return control;
    control = context.control(schema, name);
    row.append(control.node);
    return control;
  }
  function show(isOn: boolean): void {
    isSent = isOn;
    box.checked = isOn;
    if (isOn) create();
    if (hasParts && control) control.node.hidden = !isOn;
  }
  // Who fills in a field wants to send it.
  row.addEventListener('input', ({ target }) => show(target === box ? box.checked : true));

  row.append(element('div', { class: 'row-name' }, !isRequired && box, element('code', {}, name)));
  if (isRequired || !hasParts) create();
  return {
    row,
    get control() {
      return control;
    },
    read: () => (isSent ? control?.read() : undefined),
    write(value) {
      if (!isRequired) show(value !== undefined);
      if (value !== undefined || control) create().write(value);
    },
  };
}

/** Creates the fields of an object. Fields that the schema does not have are kept. */
export function objectControl(schemas: readonly FieldSchema[], context: FormContext): Control {
  const fields = new Map(schemas.map((schema) => [schema.name, fieldOf(schema, context)]));
  const node = element('div', { class: 'fields-of' }, ...[...fields.values()].map(({ row }) => row));
  let others: Record<string, unknown> = {};
  return {
    node,
    isGroup: true,
    read() {
      const own = [...fields].map(([name, field]): [string, unknown] => [name, field.read()]);
      return { ...Object.fromEntries(own.filter(([, value]) => value !== undefined)), ...others };
    },
    write(value) {
      const given = isPlainObject(value) ? value : {};
      for (const [name, field] of fields) field.write(given[name]);
      others = Object.fromEntries(Object.entries(given).filter(([name]) => !fields.has(name)));
    },
    placeOf: placeAmong(node, (name) => fields.get(name)),
  };
}

/** Creates the places of a tuple. */
export function tupleControl(items: readonly SchemaOrRef[], context: FormContext): Control {
  const fields = items.map((schema, i) => fieldOf({ name: String(i), schema, isRequired: true }, context));
  const node = element('div', { class: 'fields-of' }, ...fields.map(({ row }) => row));
  return {
    node,
    isGroup: true,
    read: () => fields.map((field) => field.read()),
    write(value) {
      fields.forEach((field, i) => field.write(Array.isArray(value) ? value[i] : undefined));
    },
    placeOf: placeAmong(node, (name) => fields[Number(name)]),
  };
}

interface Row {
  row: HTMLElement;
  control: Control;
  /** The name of an entry of a map. */
  key?: HTMLInputElement;
}

/** Returns rows that the reader can add and remove. */
function rowsOf(create: (remove: HTMLButtonElement, index: number) => Row, word: string) {
  const rows: Row[] = [];
  const list = element('div', { class: 'fields-of' });
  function append(): Row {
    const remove = button('Remove', () => {
      rows.splice(rows.indexOf(row), 1);
      row.row.remove();
      changed(list);
    });
    const row = create(remove, rows.length);
    rows.push(row);
    list.append(row.row);
    return row;
  }
  const add = button(`Add ${word}`, () => {
    append();
    changed(list);
  });
  /** Shows as many rows as there are values. */
  function resize(count: number): void {
    while (rows.length < count) append();
    for (const { row } of rows.splice(count)) row.remove();
  }
  return { rows, node: element('div', { class: 'rows' }, list, add), resize };
}

/** Creates the items of a list. */
export function listControl(item: SchemaOrRef, name: string, context: FormContext): Control {
  const { rows, node, resize } = rowsOf((remove) => {
    const control = context.control(item, `${name} item`);
    const className = control.isGroup ? 'row group' : 'row';
    return { control, row: element('div', { class: className }, control.node, remove) };
  }, 'an item');
  return {
    node,
    isGroup: true,
    // An item that is empty is null, as in JSON, so that the others keep their places.
    read: () => rows.map(({ control }) => control.read() ?? null),
    write(value) {
      const items: readonly unknown[] = Array.isArray(value) ? value : [];
      resize(items.length);
      rows.forEach(({ control }, i) => control.write(items[i]));
    },
    placeOf: placeAmong(node, (index) => rows[Number(index)]),
  };
}

/** Creates the entries of a map. */
export function mapControl(schema: SchemaOrRef, context: FormContext): Control {
  const { rows, node, resize } = rowsOf((remove) => {
    const key = element('input', { type: 'text', 'aria-label': 'Name', placeholder: 'name' });
    const control = context.control(schema, 'value');
    return { control, key, row: element('div', { class: 'row entry' }, key, control.node, remove) };
  }, 'an entry');
  return {
    node,
    isGroup: true,
    read: () =>
      Object.fromEntries(rows.map(({ key, control }) => [key?.value ?? '', control.read() ?? null])),
    write(value) {
      const entries = isPlainObject(value) ? Object.entries(value) : [];
      resize(entries.length);
      rows.forEach(({ key, control }, i) => {
        const [name, one] = entries[i] ?? ['', undefined];
        if (key) key.value = name;
        control.write(one);
      });
    },
    placeOf: placeAmong(node, (name) => rows.find(({ key }) => key?.value === name)),
  };
}

/**
 * Creates the choice between the forms of a union, and the controls of the chosen one. Until one is chosen, none is shown
 * that has fields, because a form may contain the same union again.
 */
export function unionControl(options: readonly SchemaOrRef[], name: string, context: FormContext): Control {
  const initial = options.findIndex((option) => !isGroup(option, context));
  const labels = options.map((option, i) =>
    element('option', { value: String(i) }, labelOf(option, context.schemas)),
  );
  const none = element('option', { value: '-1' }, 'Choose a form');
  const select = element('select', { 'aria-label': `Form of ${name}` }, initial < 0 && none, ...labels);
  const node = element('div', { class: 'union' }, select);
  let shown: { index: number; control: Control } | undefined;
  /** A value that has none of the forms is kept until the reader chooses one. */
  let other: unknown;

  function show(index: number): void {
    other = undefined;
    select.value = String(index);
    if (shown?.index === index) return;
    shown?.control.node.remove();
    const option = options[index];
    shown = option && { index, control: context.control(option, name) };
    // A form with a single value needs no control.
    if (option && shown && !isFixed(option, context)) node.append(shown.control.node);
  }
  select.addEventListener('input', () => show(Number(select.value)));
  show(initial);
  return {
    node,
    isGroup: true,
    read: () => other ?? shown?.control.read(),
    write(value) {
      const index = value === undefined ? -1 : options.findIndex((one) => fits(value, one, context.schemas));
      show(index < 0 ? initial : index);
      if (index < 0) other = value;
      else shown?.control.write(value);
    },
    placeOf: (pointer) => (shown?.control.isGroup ? shown.control.placeOf(pointer) : node),
  };
}

const SIMPLE: ReadonlySet<string> = new Set(['choice', 'boolean', 'number', 'text', 'file', 'json']);

/** True for a schema whose control has further controls. */
const isGroup = (schema: SchemaOrRef, { schemas }: FormContext) => !SIMPLE.has(kindOf(schema, schemas).kind);

function isFixed(option: SchemaOrRef, { schemas }: FormContext): boolean {
  const kind = kindOf(option, schemas);
  return kind.kind === 'choice' && kind.values.length === 1;
}
