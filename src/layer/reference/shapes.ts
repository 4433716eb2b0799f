import {
  isReference,
  type JsonSchema,
  nameOf,
  type SchemaOrRef,
  type Schemas,
} from '../openapi/json-schema.ts';
import { constraintsOf, textOf } from './constraints.ts';

/** A value, as a reader sees it. */
export interface Shape {
  /** The type in words, such as `string` or `list of Thing`. */
  type: string;
  /** The name of the schema, if it has one. */
  name?: string;
  /** What restricts the value, such as `1 to 200 characters`. */
  constraints: readonly string[];
  /** The accepted values, if they are a list, as JSON. */
  choices: readonly string[];
  /** The default as JSON. */
  default?: string;
  /** An example as JSON. */
  example?: string;
  /** The description in Markdown. */
  description?: string;
  isDeprecated: boolean;
  /** The fields of an object, or of the objects in a list or a map. */
  fields: readonly Field[];
  /** The forms of a union that have fields. */
  forms: readonly Form[];
  /** True if the same schema is described elsewhere on the page: above, or around it. */
  isRepeated: boolean;
}

/** A field of an object. */
export interface Field extends Shape {
  /** The name of the field; `*` for each value of a map. */
  field: string;
  isRequired: boolean;
  /** Where REST carries it: in the path, the query, a header or the body. */
  place?: string;
}

/** One form of a union. */
export interface Form extends Shape {
  /** What tells it from the other forms. */
  label: string;
}

/** Stops at this depth and number of fields, because a page with more cannot be read. */
const MAX_DEPTH = 12;
const MAX_FIELDS = 600;

const EMPTY = {
  constraints: [],
  choices: [],
  isDeprecated: false,
  fields: [],
  forms: [],
  isRepeated: false,
} as const satisfies Partial<Shape>;

/**
 * Creates a function that describes the JSON Schemas of a page. A named schema with fields is described where it first
 * occurs, and named where it occurs again, so a recursive schema ends.
 * @param schemas the named schemas that references point to.
 */
export function createShapes(schemas: Schemas): (schema: SchemaOrRef) => Shape {
  const described = new Set<string>();
  let count = 0;

  function shapeOf(schema: SchemaOrRef, depth: number): Shape {
    // In JSON Schema, true and false are schemas too. The types omit them.
    if (typeof schema !== 'object') return { ...EMPTY, type: schema === false ? 'nothing' : 'any value' };
    const own: JsonSchema = { ...schema };
    const shape = isReference(schema) ? named(nameOf(schema.$ref), depth) : unnamed(own, depth);
    return { ...shape, ...annotationsOf(own, shape) };
  }

  function named(name: string, depth: number): Shape {
    const schema = schemas[name];
    if (!schema) return { ...EMPTY, type: name };
    if (described.has(name)) return { ...EMPTY, type: name, name, isRepeated: true };
    described.add(name);
    const shape = shapeOf(schema, depth);
    const hasParts = shape.fields.length > 0 || shape.forms.length > 0;
    // A schema without parts is short enough to be described each time.
    if (!hasParts) described.delete(name);
    return { ...shape, name, type: hasParts && shape.type === 'object' ? name : shape.type };
  }

  function unnamed(own: JsonSchema, depth: number): Shape {
    if (depth > MAX_DEPTH) return { ...EMPTY, type: 'object, not described at this depth' };
    if ('const' in own) return { ...EMPTY, type: textOf(own.const) };
    if (own.enum) return choice(own.enum);
    const options = own.anyOf ?? own.oneOf;
    if (options) return union(options, own, depth);
    if (own.allOf) return intersection(own, own.allOf, depth);
    const types = [own.type ?? []].flat();
    const shapes = types.filter((type) => type !== 'null').map((type) => ofType(type, own, depth));
    const [first, ...others] = shapes;
    if (!first) return types.length > 0 ? { ...EMPTY, type: 'null' } : untyped(own, depth);
    const whole = others.reduce<Shape>((merged, shape) => either([merged, shape]), first);
    return types.includes('null') ? orNull(whole) : whole;
  }

  /** Describes a schema without a type, which accepts any value unless it has keywords of objects or lists. */
  function untyped(own: JsonSchema, depth: number): Shape {
    if (own.properties || own.additionalProperties) return ofType('object', own, depth);
    if (own.items || own.prefixItems) return ofType('array', own, depth);
    return { ...EMPTY, type: 'any value', constraints: constraintsOf(own) };
  }

  function ofType(type: string, own: JsonSchema, depth: number): Shape {
    if (type === 'object') return object(own, depth);
    if (type === 'array') return list(own, depth);
    const isFile = type === 'string' && own.format === 'binary';
    return { ...EMPTY, type: isFile ? 'file' : type, constraints: constraintsOf(own) };
  }

  function object(own: JsonSchema, depth: number): Shape {
    const { properties = {}, required = [], additionalProperties, patternProperties = {} } = own;
    const fields = Object.entries(properties).map(([name, schema]) =>
      field(name, schema, required.includes(name), depth),
    );
    const others = typeof additionalProperties === 'object' ? Object.keys(additionalProperties).length : 0;
    const isMap = additionalProperties !== undefined && additionalProperties !== false;
    for (const [pattern, schema] of Object.entries(patternProperties)) {
      fields.push(field(`/${pattern}/`, schema, false, depth));
    }
    const values = isMap && typeof additionalProperties === 'object' ? additionalProperties : {};
    const constraints = constraintsOf(own);
    if (fields.length > 0) {
      if (others > 0) fields.push(field('*', values, false, depth));
      else if (isMap) constraints.push('other fields are allowed');
      return { ...EMPTY, type: 'object', constraints, fields };
    }
    if (!isMap) return { ...EMPTY, type: 'object', constraints };
    const value = shapeOf(values, depth + 1);
    return containing(`map of ${value.type}`, value, constraints);
  }

  function list(own: JsonSchema, depth: number): Shape {
    const { prefixItems, items } = own;
    const constraints = constraintsOf(own);
    if (prefixItems) {
      const fields = prefixItems.map((schema, i) => field(String(i), schema, true, depth));
      if (items && typeof items === 'object') fields.push(field('*', items, false, depth));
      return { ...EMPTY, type: 'tuple', constraints, fields };
    }
    const item = shapeOf(items ?? {}, depth + 1);
    return containing(`list of ${item.type}`, item, constraints);
  }

  /** Describes a list or a map by its values. */
  const containing = (type: string, value: Shape, constraints: string[]): Shape => ({
    ...EMPTY,
    type,
    constraints: [...constraints, ...value.constraints.map((text) => `each: ${text}`)],
    choices: value.choices,
    fields: value.fields,
    forms: value.forms,
    isRepeated: value.isRepeated,
  });

  function field(name: string, schema: SchemaOrRef, isRequired: boolean, depth: number): Field {
    count += 1;
    const shape =
      count > MAX_FIELDS
        ? { ...EMPTY, type: 'not described, because the page would be too long' }
        : shapeOf(schema, depth + 1);
    return { ...shape, field: name, isRequired };
  }

  function union(options: readonly SchemaOrRef[], own: JsonSchema, depth: number): Shape {
    const isNull = (option: SchemaOrRef) => !isReference(option) && option.type === 'null';
    const values = options.filter((option) => !isNull(option));
    const [only, ...others] = values;
    const whole =
      only && others.length === 0 ? shapeOf(only, depth) : either(values.map((one) => form(one, depth)));
    const constraints = [...constraintsOf({ ...own, anyOf: [], oneOf: [] }), ...whole.constraints];
    return values.length < options.length ? orNull({ ...whole, constraints }) : { ...whole, constraints };
  }

  function form(schema: SchemaOrRef, depth: number): Form {
    const shape = shapeOf(schema, depth + 1);
    return { ...shape, label: labelOf(shape) };
  }

  function intersection(own: JsonSchema, parts: readonly SchemaOrRef[], depth: number): Shape {
    const { allOf: _, ...rest } = own;
    const all = [...parts, ...(rest.type || rest.properties ? [rest as SchemaOrRef] : [])];
    const shapes = all.map((part) => shapeOf(part, depth + 1));
    const [first] = shapes;
    const fields = new Map(shapes.flatMap((shape) => shape.fields).map((one) => [one.field, one]));
    const types = new Set(shapes.map(({ type }) => type).filter((type) => type !== 'any value'));
    return {
      ...EMPTY,
      type: fields.size > 0 ? 'object' : [...types].join(' and ') || 'any value',
      constraints: [...new Set(shapes.flatMap(({ constraints }) => constraints))],
      choices: first?.choices ?? [],
      fields: [...fields.values()],
      forms: shapes.flatMap(({ forms }) => forms),
      isRepeated: shapes.length > 0 && shapes.every(({ isRepeated }) => isRepeated),
    };
  }

  return (schema) => shapeOf(schema, 0);
}

/** Describes a value of one of several kinds. */
function either(shapes: readonly (Shape | Form)[]): Shape {
  const simple = shapes.filter(
    ({ fields, forms, isRepeated }) => !isRepeated && fields.length + forms.length === 0,
  );
  const forms = shapes.map((shape): Form => ('label' in shape ? shape : { ...shape, label: labelOf(shape) }));
  const types = [...new Set(shapes.map(({ type }) => type))];
  const type = types.length > MAX_NAMED_TYPES ? `one of ${shapes.length} forms` : types.join(' or ');
  if (simple.length < shapes.length) return { ...EMPTY, type, forms };
  const choices = [...new Set(shapes.flatMap((shape) => shape.choices))];
  const constraints = shapes.flatMap((shape) => shape.constraints.map((text) => `${shape.type}: ${text}`));
  return { ...EMPTY, type, choices, constraints };
}

const MAX_NAMED_TYPES = 4;

const choice = (values: readonly unknown[]): Shape => {
  const choices = values.filter((value) => value !== null).map(textOf);
  const types = new Set(values.filter((value) => value !== null).map((value) => typeof value));
  const whole = { ...EMPTY, type: [...types].join(' or ') || 'null', choices };
  return choices.length < values.length ? orNull(whole) : whole;
};

const orNull = <S extends Shape>(shape: S): S => ({ ...shape, type: `${shape.type} or null` });

/** Returns what tells a form of a union from the others: a field with a fixed value, its name, or its type. */
function labelOf({ fields, name, type }: Shape): string {
  const fixed = fields.find((one) => /^"[^]*"$/.test(one.type));
  return fixed ? `${fixed.field}: ${fixed.type}` : (name ?? type);
}

/** Returns the annotations of a schema that its parts do not have. */
function annotationsOf(own: JsonSchema, shape: Shape): Partial<Shape> {
  const { description, deprecated } = own;
  const examples: readonly unknown[] = Array.isArray(own.examples) ? own.examples : [];
  return {
    ...(description !== undefined && { description }),
    ...('default' in own && { default: textOf(own.default) }),
    ...(examples.length > 0 && { example: textOf(examples[0]) }),
    isDeprecated: deprecated === true || shape.isDeprecated,
  };
}
