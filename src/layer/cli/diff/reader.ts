import { isPlainObject } from '../../rest/text.ts';
import { type Accepts, createAccepts } from '../../openapi/accepts.ts';
import type { Schemas } from '../../openapi/json-schema.ts';

/** A JSON Schema that is neither true nor false. */
export type Keywords = Record<string, unknown>;
/** Schemas that all apply to one value. */
export type Conjunction = readonly unknown[];

/** One of the forms that a value can have: schemas without references or alternatives, which all apply to it. */
export interface Form {
  parts: readonly Keywords[];
  /** Schemas that must not apply: the other options of `oneOf`. */
  excluded: readonly Conjunction[];
}

/** The keywords that restrict no value. */
const ANNOTATIONS: ReadonlySet<string> = new Set([
  ...['title', 'description', 'default', 'example', 'examples', 'deprecated', 'readOnly', 'writeOnly'],
  ...['$comment', '$schema', '$id', 'discriminator', 'externalDocs', 'xml'],
]);

/** The most forms that are compared. A schema with more of them is compared as if it had no alternatives. */
const MAX_FORMS = 2000;
/** Stops at this depth, because a reference can lead to itself. */
const MAX_DEPTH = 100;

/** True if a keyword restricts values. */
export const restricts = (keyword: string): boolean => !ANNOTATIONS.has(keyword) && !keyword.startsWith('x-');

/** Reads the schemas of one document, with its named schemas. */
export class SchemaReader {
  readonly #schemas: Schemas;
  readonly #accepts: Accepts;
  readonly #forms = new Map<string, readonly Form[]>();

  /** @param schemas the schemas that `#/components/schemas/…` refers to. */
  constructor(schemas: Keywords) {
    // Each function checks what it reads of a schema.
    this.#schemas = schemas as Schemas;
    this.#accepts = createAccepts(this.#schemas);
  }

  /** True if a JSON value satisfies all schemas. */
  accepts(parts: Conjunction, value: unknown): boolean {
    return parts.every((part) => part !== false && (!isPlainObject(part) || this.#accepts(part, value)));
  }

  /** Returns the forms that a value can have, with one type each; none if there is no such value. */
  forms(all: Conjunction): readonly Form[] {
    const key = JSON.stringify(all);
    const forms = this.#forms.get(key) ?? this.#formsOf(all, 0);
    this.#forms.set(key, forms);
    return forms;
  }

  #formsOf(all: Conjunction, depth: number): readonly Form[] {
    let forms: Form[] = [{ parts: [], excluded: [] }];
    for (const schema of all) {
      const options = this.#options(schema, depth + 1);
      if (forms.length * options.length > MAX_FORMS)
        return [{ parts: all.filter(isPlainObject), excluded: [] }];
      forms = forms.flatMap((form) => options.flatMap((option) => this.#both(form, option)));
    }
    return forms;
  }

  /** Returns the forms of one schema. */
  #options(schema: unknown, depth: number): readonly Form[] {
    if (schema === false) return [];
    if (!isPlainObject(schema) || depth > MAX_DEPTH) return [{ parts: [], excluded: [] }];
    const { $ref, allOf, anyOf, oneOf, type, enum: values, ...rest } = schema;
    const own = {
      ...rest,
      ...(type !== undefined && { type }),
      ...(values !== undefined && { enum: values }),
    };
    const named =
      typeof $ref === 'string' ? [this.#schemas[$ref.slice($ref.lastIndexOf('/') + 1)] ?? {}] : [];
    const every: unknown[] = Array.isArray(allOf) ? allOf : [];
    if (named.length + every.length > 0) {
      const others = { ...own, ...(anyOf !== undefined && { anyOf }), ...(oneOf !== undefined && { oneOf }) };
      return this.#formsOf([...named, ...every, others], depth);
    }
    if (Array.isArray(anyOf)) {
      const others = { ...own, ...(oneOf !== undefined && { oneOf }) };
      return anyOf.flatMap((option: unknown) => this.#formsOf([option, others], depth));
    }
    if (Array.isArray(oneOf)) {
      return oneOf.flatMap((option: unknown, i) => {
        const excluded = oneOf.toSpliced(i, 1).map((other: unknown) => [other]);
        const forms = this.#formsOf([option, own], depth);
        return forms.map((form) => ({ ...form, excluded: [...form.excluded, ...excluded] }));
      });
    }
    if (Array.isArray(values)) return values.flatMap((value: unknown) => this.#ofValue(value, rest, type));
    if (Array.isArray(type)) {
      return type.flatMap((one: unknown) => this.#options({ ...rest, type: one }, depth));
    }
    if (type === 'boolean' && !('const' in rest)) {
      return [false, true].flatMap((value) => this.#ofValue(value, rest, type));
    }
    if (isPlainObject(rest['not']) && Object.keys(rest['not']).length === 0) return [];
    return Object.keys(own).some(restricts)
      ? [{ parts: [own], excluded: [] }]
      : [{ parts: [], excluded: [] }];
  }

  #ofValue(value: unknown, rest: Keywords, type: unknown): Form[] {
    const part = { ...rest, ...(type !== undefined && { type }) };
    return this.accepts([part], value) ? [{ parts: [{ ...part, const: value }], excluded: [] }] : [];
  }

  /** Returns the form of values that have two forms; none if no value can have both. */
  #both(one: Form, other: Form): Form[] {
    const parts = [...one.parts, ...other.parts];
    const known = valueOf(parts);
    const isPossible = known ? this.accepts(parts, known.value) : typeOf(parts) !== null;
    return isPossible ? [{ parts, excluded: [...one.excluded, ...other.excluded] }] : [];
  }
}

/** Returns the only value of a form, if it has only one. */
export function valueOf(parts: readonly Keywords[]): { value: unknown } | undefined {
  const part = parts.find((one) => 'const' in one);
  return part && { value: part['const'] };
}

/** Returns the type of the values of a form; `undefined` if they can have any, `null` if there are none. */
export function typeOf(parts: readonly Keywords[]): string | undefined | null {
  const types = new Set(parts.flatMap(({ type }) => (typeof type === 'string' ? [type] : [])));
  if (types.size === 2 && types.has('integer') && types.has('number')) return 'integer';
  return types.size > 1 ? null : [...types][0];
}

/** Returns the values of a keyword in all parts of a form that have it. */
export const valuesOf = (parts: readonly Keywords[], keyword: string): unknown[] =>
  parts.flatMap((part) => (keyword in part ? [part[keyword]] : []));

/** Returns the schemas of a property; `null` if no part names it. */
export function propertyOf(parts: readonly Keywords[], name: string): Conjunction | null {
  const named = valuesOf(parts, 'properties').flatMap((all) =>
    isPlainObject(all) && Object.hasOwn(all, name) ? [all[name]] : [],
  );
  return named.length > 0 ? named : null;
}

/** Returns the names of the properties of a form. */
export const propertyNames = (parts: readonly Keywords[]): string[] => [
  ...new Set(valuesOf(parts, 'properties').flatMap((all) => Object.keys(all ?? {}))),
];

/** Returns the names of the properties that all values of a form have. */
export const requiredIn = (parts: readonly Keywords[]): ReadonlySet<unknown> =>
  new Set(valuesOf(parts, 'required').flatMap((names): unknown[] => (Array.isArray(names) ? names : [])));
