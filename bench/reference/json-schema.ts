import { z } from 'zod';

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const objectOf = (value: unknown): Json => (isObject(value) ? value : {});

const PREFIX = '#/components/schemas/';

/** Reads the schemas of an OpenAPI 3.0 document. */
export interface SchemaReader {
  /** Follows the references of a value to what they name. */
  resolve: (value: unknown) => Json;
  /** Returns a schema that describes the same values, with the names that the document gives to its parts. */
  read: (value: unknown) => z.core.$ZodType;
  /** Returns the fields of an object. */
  fields: (schema: Json) => Record<string, z.core.$ZodType>;
}

/** Returns a number schema with the limits and the default of a JSON Schema. */
function ranged(number: z.ZodNumber, { minimum, maximum, default: usual }: Json): z.core.$ZodType {
  const above = typeof minimum === 'number' ? number.min(minimum) : number;
  const limited = typeof maximum === 'number' ? above.max(maximum) : above;
  return typeof usual === 'number' ? limited.default(usual) : limited;
}

/** Creates a reader that converts each named schema once. It knows as much of JSON Schema as GitHub's document uses. */
export function createSchemaReader(document: Json): SchemaReader {
  const named = new Map<string, z.core.$ZodType>();

  function resolve(value: unknown): Json {
    const reference = objectOf(value)['$ref'];
    if (typeof reference !== 'string') return objectOf(value);
    return resolve(
      reference
        .slice('#/'.length)
        .split('/')
        .reduce((at: unknown, key) => objectOf(at)[key], document),
    );
  }

  function referred(reference: string): z.core.$ZodType {
    return z.lazy(() => {
      const known = named.get(reference);
      if (known) return known;
      const schema = described(resolve({ $ref: reference }), { id: reference.slice(PREFIX.length) });
      named.set(reference, schema);
      return schema;
    });
  }

  function described(schema: Json, meta: { id?: string } = {}): z.core.$ZodType {
    const { description, nullable } = schema;
    const inner = z.clone(typed(schema));
    z.globalRegistry.add(inner, { ...meta, ...(typeof description === 'string' && { description }) });
    return nullable === true ? z.nullable(inner) : inner;
  }

  function typed(schema: Json): z.core.$ZodType {
    const { type, items, format } = schema;
    const values = listOf(schema['enum']).filter((value) => value !== null);
    const texts = values.filter((value) => typeof value === 'string');
    const [first, ...others] = texts;
    if (first !== undefined && texts.length === values.length) return z.enum([first, ...others]);
    const forms = [...listOf(schema['oneOf']), ...listOf(schema['anyOf'])];
    if (forms.length > 0 && schema['properties'] === undefined) return z.union(forms.map(read));
    const [part, ...parts] = listOf(schema['allOf']);
    if (part !== undefined) {
      return parts.map(read).reduce((all, one) => z.intersection(all, one), read(part));
    }
    if (type === 'array') return z.array(read(items));
    if (type === 'integer') return ranged(z.int(), schema);
    if (type === 'number') return ranged(z.number(), schema);
    if (type === 'boolean') return z.boolean();
    if (type === 'string') return format === 'date-time' ? z.iso.datetime() : z.string();
    return type === 'object' || schema['properties'] !== undefined ? ofFields(schema) : z.unknown();
  }

  function ofFields(schema: Json): z.core.$ZodType {
    const { properties, additionalProperties: others } = schema;
    if (properties !== undefined) return z.looseObject(fields(schema));
    return z.record(z.string(), isObject(others) ? read(others) : z.unknown());
  }

  function fields({ properties, required }: Json): Record<string, z.core.$ZodType> {
    const all = Object.entries(objectOf(properties)).map(([name, value]) => {
      const field = read(value);
      return [name, listOf(required).includes(name) ? field : z.optional(field)] as const;
    });
    return Object.fromEntries(all);
  }

  function read(value: unknown): z.core.$ZodType {
    const reference = objectOf(value)['$ref'];
    const isNamed = typeof reference === 'string' && reference.startsWith(PREFIX);
    return isNamed ? referred(reference) : described(resolve(value));
  }

  return { resolve, read, fields };
}
