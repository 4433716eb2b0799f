import { z } from 'zod';

/** A random choice: a whole number from 0 to below `count`. */
export type Choose = (count: number) => number;

/** A field of an object. */
interface Field {
  of: Shape;
  presence: 'required' | 'optional' | 'default';
}

/** A schema as data, so that a test can change it, and create values for it. */
export type Shape =
  | { kind: 'string'; min: number; max: number }
  | { kind: 'number' | 'integer'; min: number; max: number }
  | { kind: 'boolean' | 'uuid' | 'any' }
  | { kind: 'enum'; values: readonly string[] }
  | { kind: 'nullable'; of: Shape }
  | { kind: 'list'; of: Shape; min: number; max: number }
  | { kind: 'tuple'; items: readonly Shape[] }
  | { kind: 'record'; of: Shape }
  | { kind: 'union'; options: readonly Shape[]; isExclusive: boolean }
  | { kind: 'tagged'; options: Readonly<Record<string, Shape>> }
  | { kind: 'object'; fields: Readonly<Record<string, Field>>; mode: 'plain' | 'strict' | 'loose' };

type ObjectShape = Extract<Shape, { kind: 'object' }>;

const NAMES = ['a', 'b', 'c', 'd'] as const;
const TAGS = ['x', 'y', 'z'] as const;
const UUID = '019ab1c2-7d3e-7f00-8000-5f0c6a1d2e3f';

const pick = <T>(choose: Choose, list: readonly [T, ...T[]]): T => list[choose(list.length)] ?? list[0];

const range = (choose: Choose, scale: number) => {
  const min = choose(scale);
  return { min, max: min + choose(scale) };
};

const some = <T>(choose: Choose, names: readonly string[], create: () => T): Record<string, T> =>
  Object.fromEntries(names.filter(() => choose(2) === 0).map((name) => [name, create()]));

/** Creates a random object with parts of up to `depth` levels. */
export function randomObject(choose: Choose, depth: number): ObjectShape {
  const fields = some(choose, NAMES, () => randomField(choose, depth - 1));
  return { kind: 'object', fields, mode: pick(choose, ['plain', 'plain', 'strict', 'loose']) };
}

const randomField = (choose: Choose, depth: number): Field => ({
  of: randomShape(choose, depth),
  presence: pick(choose, ['required', 'optional', 'default']),
});

export function randomShape(choose: Choose, depth: number): Shape {
  if (depth <= 0 || choose(2) === 0) {
    const kind = pick(choose, ['string', 'number', 'integer', 'boolean', 'uuid', 'any', 'enum'] as const);
    if (kind === 'string') return { kind, ...range(choose, 5) };
    if (kind === 'number' || kind === 'integer') return { kind, ...range(choose, 9) };
    if (kind === 'enum')
      return { kind, values: ['one', ...Object.keys(some(choose, ['two', 'three'], () => 0))] };
    return { kind };
  }
  const inner = () => randomShape(choose, depth - 1);
  const kind = pick(choose, ['nullable', 'list', 'tuple', 'record', 'union', 'tagged', 'object'] as const);
  if (kind === 'nullable' || kind === 'record') return { kind, of: inner() };
  if (kind === 'list') return { kind, of: inner(), ...range(choose, 3) };
  if (kind === 'tuple') return { kind, items: Array.from({ length: 1 + choose(2) }, inner) };
  if (kind === 'union') return { kind, options: [inner(), inner()], isExclusive: choose(4) === 0 };
  if (kind === 'tagged') {
    const rest = some(choose, TAGS.slice(1), () => randomObject(choose, depth - 1));
    return { kind, options: { x: randomObject(choose, depth - 1), ...rest } };
  }
  return randomObject(choose, depth);
}

/** Changes an object in one place. */
export function changedObject(choose: Choose, shape: ObjectShape): ObjectShape {
  const names = Object.keys(shape.fields);
  const name = names[choose(names.length || 1)];
  const field = name === undefined ? undefined : shape.fields[name];
  if (name === undefined || !field || choose(5) === 0) {
    const added = pick(choose, NAMES);
    return { ...shape, fields: { ...shape.fields, [added]: randomField(choose, 1) } };
  }
  if (choose(8) === 0) return { ...shape, mode: pick(choose, ['plain', 'strict', 'loose']) };
  if (choose(6) === 0) {
    const { [name]: _removed, ...fields } = shape.fields;
    return { ...shape, fields };
  }
  const presence: Field['presence'] =
    choose(4) === 0 ? pick(choose, ['required', 'optional', 'default']) : field.presence;
  return { ...shape, fields: { ...shape.fields, [name]: { presence, of: changedShape(choose, field.of) } } };
}

/** Changes a shape in one place, or leaves it as it is. */
export function changedShape(choose: Choose, shape: Shape): Shape {
  if (choose(6) === 0) return randomShape(choose, 1);
  if (choose(8) === 0) return { kind: 'nullable', of: shape };
  const inner = (of: Shape) => changedShape(choose, of);
  switch (shape.kind) {
    case 'string':
    case 'number':
    case 'integer': {
      const min = Math.max(0, shape.min + choose(3) - 1);
      const max = Math.max(min, shape.max + choose(3) - 1);
      const isNumber = shape.kind !== 'string' && choose(3) === 0;
      return isNumber ? { kind: pick(choose, ['number', 'integer']), min, max } : { ...shape, min, max };
    }
    case 'list': {
      const min = Math.max(0, shape.min + choose(3) - 1);
      return { ...shape, of: inner(shape.of), min, max: Math.max(min, shape.max + choose(3) - 1) };
    }
    case 'enum':
      return { ...shape, values: ['one', ...Object.keys(some(choose, ['two', 'three'], () => 0))] };
    case 'nullable':
      return choose(3) === 0 ? shape.of : { ...shape, of: inner(shape.of) };
    case 'record':
      return { ...shape, of: inner(shape.of) };
    case 'tuple':
      return { ...shape, items: shape.items.map(inner).slice(0, 1 + choose(shape.items.length)) };
    case 'union':
      return {
        ...shape,
        options: shape.options.map(inner),
        isExclusive: shape.isExclusive !== (choose(5) === 0),
      };
    case 'tagged': {
      const [tag = 'x', option] = Object.entries(shape.options)[0] ?? [];
      const changed = option
        ? { [tag]: changedObject(choose, option.kind === 'object' ? option : randomObject(choose, 1)) }
        : {};
      const more = choose(2) === 0 ? { [pick(choose, TAGS)]: randomObject(choose, 1) } : {};
      return { ...shape, options: { ...shape.options, ...changed, ...more } };
    }
    case 'object':
      return changedObject(choose, shape);
    default:
      return shape;
  }
}

/**
 * Returns the schema of a shape.
 * @param isReader true for a client that reads an output: it ignores unknown fields, and expects those with a default.
 */
export function schemaOf(shape: Shape, isReader = false): z.ZodType {
  const inner = (of: Shape) => schemaOf(of, isReader);
  switch (shape.kind) {
    case 'string':
      return z.string().min(shape.min).max(shape.max);
    case 'number':
      return z.number().min(shape.min).max(shape.max);
    case 'integer':
      return z.int().min(shape.min).max(shape.max);
    case 'boolean':
      return z.boolean();
    case 'uuid':
      return z.uuid();
    case 'any':
      return z.unknown();
    case 'enum':
      return z.enum(shape.values);
    case 'nullable':
      return inner(shape.of).nullable();
    case 'list':
      return z.array(inner(shape.of)).min(shape.min).max(shape.max);
    case 'tuple': {
      const [first = z.unknown(), ...rest] = shape.items.map(inner);
      return z.tuple([first, ...rest]);
    }
    case 'record':
      return z.record(z.string(), inner(shape.of));
    case 'union': {
      const options = shape.options.map(inner);
      return shape.isExclusive && !isReader ? z.xor(options) : z.union(options);
    }
    case 'tagged': {
      const [first, ...rest] = Object.entries(shape.options).map(([tag, option]) =>
        objectSchema(option, isReader, { tag: z.literal(tag) }),
      );
      return first ? z.discriminatedUnion('tag', [first, ...rest]) : z.never();
    }
    case 'object':
      return objectSchema(shape, isReader, {});
  }
}

function objectSchema(shape: Shape, isReader: boolean, own: Record<string, z.ZodType>): z.ZodObject {
  const { fields, mode } = shape.kind === 'object' ? shape : { fields: {}, mode: 'plain' };
  const all = Object.entries(fields).map(([name, { of, presence }]): [string, z.ZodType] => {
    const schema = schemaOf(of, isReader);
    if (presence === 'optional') return [name, schema.optional()];
    if (presence === 'required' || isReader) return [name, schema];
    // A default is not parsed, so it has to be an output, with the defaults inside it.
    const value = schema.safeParse(anyValue(of));
    return [name, value.success ? schema.default(value.data) : schema];
  });
  const object = z.object({ ...Object.fromEntries(all), ...own });
  return mode === 'plain' || (isReader && mode === 'strict')
    ? object
    : mode === 'loose'
      ? object.loose()
      : object.strict();
}

/** Returns the smallest value of a shape. */
const anyValue = (shape: Shape): unknown => randomValue(() => 0, shape);

/** Returns a random JSON value of a shape, more often at its limits than between them. */
export function randomValue(choose: Choose, shape: Shape): unknown {
  const inner = (of: Shape) => randomValue(choose, of);
  switch (shape.kind) {
    case 'string':
      return 'x'.repeat(choose(2) === 0 ? shape.min : shape.max);
    case 'number':
    case 'integer': {
      const isBroken = shape.kind === 'number' && shape.max > shape.min && choose(2) === 0;
      return choose(2) === 0 ? shape.min : shape.max - (isBroken ? 0.5 : 0);
    }
    case 'boolean':
      return choose(2) === 1;
    case 'uuid':
      return UUID;
    case 'any':
      return pick<unknown>(choose, ['anything', 1.5, null, [], { deep: true }]);
    case 'enum':
      return shape.values[choose(shape.values.length)];
    case 'nullable':
      return choose(2) === 0 ? null : inner(shape.of);
    case 'list':
      return Array.from({ length: choose(2) === 0 ? shape.min : shape.max }, () => inner(shape.of));
    case 'tuple':
      return shape.items.map(inner);
    case 'record':
      return Object.fromEntries(NAMES.slice(0, choose(3)).map((name) => [name, inner(shape.of)]));
    case 'union':
      return inner(shape.options[choose(shape.options.length)] ?? shape);
    case 'tagged': {
      const tags = Object.keys(shape.options);
      const tag = tags[choose(tags.length)] ?? '';
      return { ...Object(inner(shape.options[tag] ?? shape)), tag };
    }
    case 'object': {
      const fields = Object.entries(shape.fields).filter(
        ([, { presence }]) => presence === 'required' || choose(2) === 1,
      );
      const others = shape.mode === 'loose' ? NAMES.filter((name) => !(name in shape.fields)) : ['unknown'];
      const more = shape.mode !== 'strict' && choose(3) === 2 ? some(choose, others, () => 'more') : {};
      return { ...more, ...Object.fromEntries(fields.map(([name, { of }]) => [name, inner(of)])) };
    }
  }
}
