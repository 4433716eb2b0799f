import { checkBounds, checkTexts, type Found } from './limits.ts';
import {
  type Conjunction,
  type Form,
  type Keywords,
  propertyNames,
  propertyOf,
  requiredIn,
  restricts,
  type SchemaReader,
  typeOf,
  valueOf,
  valuesOf,
} from './reader.ts';
import { sameShape } from './same-shape.ts';

/** A reason why a value of the sender may not be one that the receiver expects. */
export interface Mismatch {
  /** The place in the value, such as `items[].id`; `''` for the whole value. */
  path: string;
  /** The keyword of JSON Schema that differs; `value` for a single value, `fields` for fields that no schema names. */
  keyword: string;
  /** What the sender's schema says, in a few characters. */
  sender: string;
  receiver: string;
}

/** The end that sends values, or the one that receives them. */
export interface End {
  reader: SchemaReader;
  schemas: Conjunction;
}

/** The keywords that are compared by their meaning. All others must be equal. */
const COMPARED: ReadonlySet<string> = new Set([
  ...[
    'type',
    'const',
    'properties',
    'required',
    'additionalProperties',
    'propertyNames',
    'items',
    'prefixItems',
  ],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'minLength', 'maxLength'],
  ...['pattern', 'format', 'minItems', 'maxItems', 'uniqueItems', 'minProperties', 'maxProperties'],
]);

/**
 * Compares what is sent with what is expected. It proves that each value of the sender fits, or says why it may not.
 * Fields that the sender's schema leaves open without naming them are not sent, because its types do not have them.
 */
export class Comparison {
  readonly #known = new Map<string, readonly Mismatch[]>();

  /** @returns no mismatch only if each value of the sender is one that the receiver expects. */
  compare(sender: End, receiver: End): readonly Mismatch[] {
    const key = JSON.stringify([sender.schemas, receiver.schemas]);
    const before = this.#known.get(key);
    if (before) return before;
    // A schema that contains itself reaches this while it is being compared.
    this.#known.set(key, []);
    const found = this.#forms(sender, receiver);
    this.#known.set(key, found);
    return found;
  }

  #forms(sender: End, receiver: End): Mismatch[] {
    const expected = receiver.reader.forms(receiver.schemas);
    const forms = sender.reader.forms(sender.schemas);
    const found = forms.flatMap((form) => this.#closest(form, expected, sender, receiver));
    return [...new Map(found.map((one) => [JSON.stringify(one), one])).values()];
  }

  /** Returns the mismatches with the form that is closest. */
  #closest(form: Form, expected: readonly Form[], sender: End, receiver: End): Mismatch[] {
    let closest: Mismatch[] | undefined;
    for (const other of expected) {
      const found = this.#within(form, other, sender, receiver);
      if (found.length === 0) return [];
      if (!closest || distance(found) < distance(closest)) closest = found;
    }
    const isOneOfSome = expected.length > 1 && closest && distance(closest) >= FAR;
    if (closest && !isOneOfSome) return closest;
    return [unlike(form, expected)];
  }

  #within(form: Form, other: Form, sender: End, receiver: End): Mismatch[] {
    const { parts } = form;
    const overlap = other.excluded.some(
      (excluded) => !this.#areDisjoint(form, receiver.reader.forms(excluded), sender, receiver),
    );
    const found = overlap ? [mismatch('oneOf', '', 'more than one form fits')] : [];
    const known = valueOf(parts);
    if (known) {
      if (receiver.reader.accepts(other.parts, known.value)) return found;
      if (typeof known.value !== 'object' || known.value === null) return [...found, unlike(form, [other])];
    }
    if (valueOf(other.parts)) return [...found, unlike(form, [other])];
    const [type, wanted] = [typeOf(parts), typeOf(other.parts)];
    if (wanted !== undefined && type !== wanted && !(type === 'integer' && wanted === 'number')) {
      return [...found, mismatch('type', type ?? 'any', wanted ?? 'nothing')];
    }
    const add = ({ keyword, ...ends }: Found) => found.push({ path: '', keyword, ...ends });
    const may = (...types: string[]) => type === undefined || type === null || types.includes(type);
    checkBounds(parts, other.parts, may, add);
    checkTexts(parts, other.parts, may, add);
    for (const [keyword, text] of others(other.parts)) {
      if (!others(parts).some(([one, same]) => one === keyword && same === text)) {
        add({ keyword, sender: '', receiver: text });
      }
    }
    if (may('array')) found.push(...this.#items(parts, other.parts, sender, receiver));
    if (may('object')) found.push(...this.#fields(parts, other.parts, sender, receiver));
    return found;
  }

  #inside(
    path: string,
    [schemas, sender]: [Conjunction, End],
    [expected, receiver]: [Conjunction, End],
  ): Mismatch[] {
    const found = this.compare({ ...sender, schemas }, { ...receiver, schemas: expected });
    return found.map((one) => ({ ...one, path: join(path, one.path) }));
  }

  #items(parts: readonly Keywords[], others: readonly Keywords[], sender: End, receiver: End): Mismatch[] {
    const first = Math.max(
      ...[...parts, ...others].map(({ prefixItems: all }) => (Array.isArray(all) ? all.length : 0)),
    );
    const found: Mismatch[] = [];
    for (let i = 0; i <= first; i++) {
      const path = i < first ? `[${i}]` : '[]';
      found.push(...this.#inside(path, [itemsAt(parts, i), sender], [itemsAt(others, i), receiver]));
    }
    return found;
  }

  #fields(parts: readonly Keywords[], others: readonly Keywords[], sender: End, receiver: End): Mismatch[] {
    const found: Mismatch[] = [];
    const [always, needed] = [requiredIn(parts), requiredIn(others)];
    const [names, expected] = [propertyNames(parts), propertyNames(others)];
    const open = openFields(parts);
    for (const name of needed) {
      if (always.has(name)) continue;
      const isNamed = names.includes(String(name)) || open !== null;
      found.push({
        path: String(name),
        keyword: 'required',
        sender: isNamed ? 'optional' : 'absent',
        receiver: 'required',
      });
    }
    for (const name of new Set([...names, ...expected])) {
      const sent = propertyOf(parts, name) ?? open;
      if (!sent) continue;
      const wanted = expectedAt(others, name);
      if (sender.reader.forms(sent).length === 0) continue;
      if (receiver.reader.forms(wanted).length === 0) {
        found.push({ path: name, keyword: 'field', sender: 'accepted', receiver: 'rejected' });
      } else found.push(...this.#inside(name, [sent, sender], [wanted, receiver]));
    }
    const keys = valuesOf(others, 'propertyNames');
    for (const name of names) {
      if (!receiver.reader.accepts(keys, name)) found.push(mismatch('propertyNames', name, ''));
    }
    if (open !== null) {
      found.push(...this.#inside('*', [open, sender], [valuesOf(others, 'additionalProperties'), receiver]));
      const sentKeys = [{ type: 'string' }, ...valuesOf(parts, 'propertyNames')];
      found.push(...this.#inside('{key}', [sentKeys, sender], [keys, receiver]));
    } else if (
      valuesOf(others, 'additionalProperties').includes(false) &&
      !valuesOf(parts, 'additionalProperties').includes(false)
    ) {
      found.push(mismatch('fields', 'unknown fields ignored', 'unknown fields rejected'));
    }
    return found;
  }

  /** True if no value has a form and one of the others, as far as can be proved. */
  #areDisjoint(form: Form, others: readonly Form[], sender: End, receiver: End): boolean {
    return others.every((other) => {
      const [known, only] = [valueOf(form.parts), valueOf(other.parts)];
      if (known) return !receiver.reader.accepts(other.parts, known.value);
      if (only) return !sender.reader.accepts(form.parts, only.value);
      const [one, two] = [typeOf(form.parts), typeOf(other.parts)];
      if (one === undefined || two === undefined) return false;
      if (one !== two)
        return !['integer', 'number'].includes(one ?? '') || !['integer', 'number'].includes(two ?? '');
      if (one !== 'object') return false;
      const [always, needed] = [requiredIn(form.parts), requiredIn(other.parts)];
      const named = propertyNames(form.parts);
      if (openFields(form.parts) === null && [...needed].some((name) => !named.includes(String(name))))
        return true;
      return [...always].map(String).some((name) => {
        const sent = propertyOf(form.parts, name) ?? [];
        const wanted = expectedAt(other.parts, name);
        return sender.reader
          .forms(sent)
          .every((inner) => this.#areDisjoint(inner, receiver.reader.forms(wanted), sender, receiver));
      });
    });
  }
}

/** The distance of two forms that have nothing in common. */
const FAR = 1000;

/** Returns how far two forms are apart: those of another type, or with another constant, are farthest. */
function distance(found: readonly Mismatch[]): number {
  return found.reduce((sum, { path, keyword }) => {
    if (keyword === 'type' || keyword === 'value')
      return sum + (path === '' ? FAR : path.includes('.') ? 2 : 20);
    return sum + 1;
  }, 0);
}

const mismatch = (keyword: string, sender: string, receiver: string): Mismatch => ({
  path: '',
  keyword,
  sender,
  receiver,
});

/** Returns the mismatch of a form that is like none of those that are expected: a value, or its whole type. */
function unlike({ parts }: Form, expected: readonly Form[]): Mismatch {
  const wanted = expected.length === 0 ? 'nothing' : describeAll(expected);
  const known = valueOf(parts);
  if (!known) return mismatch('type', describe(parts), wanted);
  const type = jsonType(known.value);
  const isOfType = expected.some((one) => {
    const only = valueOf(one.parts);
    return (only ? jsonType(only.value) : typeOf(one.parts)) === type;
  });
  return isOfType ? mismatch('value', JSON.stringify(known.value), wanted) : mismatch('type', type, wanted);
}

const jsonType = (value: unknown): string =>
  value === null
    ? 'null'
    : Array.isArray(value)
      ? 'array'
      : Number.isInteger(value)
        ? 'integer'
        : typeof value;

/** Joins two places: `items[]` and `id` become `items[].id`. */
const join = (path: string, inner: string): string =>
  inner === '' || inner.startsWith('[') ? path + inner : `${path}.${inner}`;

/** Returns the schemas of the item at a place of a list. */
function itemsAt(parts: readonly Keywords[], index: number): Conjunction {
  return parts.flatMap(({ prefixItems, items }): unknown[] => {
    if (Array.isArray(prefixItems) && index < prefixItems.length) return [prefixItems[index]];
    return items === undefined ? [] : [items];
  });
}

/** Returns the schemas of fields that a form does not name; `null` if it has no others. */
function openFields(parts: readonly Keywords[]): Conjunction | null {
  if (typeOf(parts) !== 'object') return [];
  const all = valuesOf(parts, 'additionalProperties');
  return all.length === 0 || all.includes(false) ? null : all;
}

/** Returns the schemas that a receiver has for a field. As in zod, a field that one part names is known to all of them. */
function expectedAt(parts: readonly Keywords[], name: string): Conjunction {
  const named = propertyOf(parts, name);
  const others = parts.filter((part) => propertyOf([part], name) === null);
  const open = valuesOf(others, 'additionalProperties');
  return named ? [...named, ...open.filter((schema) => schema !== false)] : open;
}

/** Returns the keywords that are compared by their text, such as `not`. */
const others = (parts: readonly Keywords[]): [string, string][] =>
  parts.flatMap((part) =>
    Object.entries(part)
      .filter(([keyword]) => restricts(keyword) && !COMPARED.has(keyword))
      .map(([keyword, value]): [string, string] => [keyword, sameShape(value)]),
  );

/** Describes a form in a few characters. */
function describe(parts: readonly Keywords[]): string {
  const known = valueOf(parts);
  return known ? JSON.stringify(known.value) : (typeOf(parts) ?? 'any');
}

const MAX_DESCRIBED = 8;

const describeAll = (forms: readonly Form[]): string => {
  const all = [...new Set(forms.map(({ parts }) => describe(parts)))];
  return all.slice(0, MAX_DESCRIBED).join(' | ') + (all.length > MAX_DESCRIBED ? ' | …' : '');
};
