import type { oas31 } from 'zod-openapi';

type SchemaOrRef = oas31.SchemaObject | oas31.ReferenceObject;

/** What strings of a format look like. */
const FORMATS: Record<string, string> = {
  'date-time': '2026-01-31T09:30:00.000Z',
  date: '2026-01-31',
  email: 'ada@example.com',
  uri: 'https://example.com/ada.png',
  uuid: '019ab1c2-7d3e-7f00-8000-5f0c6a1d2e3f',
};

/**
 * Gives each request and each success of a document an example that is put together from those of its fields, where
 * they have one, and from what their types tell.
 */
export function addExamples({ paths = {}, components = {} }: oas31.OpenAPIObject): void {
  const exampleOf = createExamples(components.schemas ?? {});
  for (const item of Object.values(paths)) {
    for (const operation of [item.get, item.post, item.put, item.patch, item.delete]) {
      const bodies = [operation?.requestBody, ...Object.values<unknown>(operation?.responses ?? {})];
      for (const body of bodies.filter(hasContent)) {
        for (const media of Object.values(body.content)) {
          const example = media.schema && !media.examples && exampleOf(media.schema);
          if (example !== undefined) media.example = example;
        }
      }
    }
  }
}

const hasContent = (body: unknown): body is { content: oas31.ContentObject } =>
  typeof body === 'object' && body !== null && 'content' in body;

const isReference = (schema: SchemaOrRef): schema is oas31.ReferenceObject => schema.$ref !== undefined;

/** Gives a value that a schema accepts; `undefined` where nothing tells what it looks like. */
function createExamples(schemas: Record<string, SchemaOrRef>): (schema: SchemaOrRef) => unknown {
  /** What is being put together: the example of a schema does not contain that schema. */
  const within = new Set<string>();

  function exampleOf(schema: SchemaOrRef): unknown {
    if (isReference(schema)) return exampleOfNamed(schema.$ref.replace('#/components/schemas/', ''));
    const { examples, enum: choices, allOf, anyOf, oneOf } = schema;
    const given: unknown[] = [examples?.[0], schema.const, schema.default, choices?.[0]];
    const first = given.find((value) => value !== undefined);
    if (first !== undefined) return first;
    const options = anyOf ?? oneOf;
    if (options) return options.map(exampleOf).find((value) => value !== undefined);
    if (allOf) return Object.assign({}, ...allOf.map(exampleOf));
    return exampleByType(schema);
  }

  function exampleOfNamed(name: string): unknown {
    const schema = schemas[name];
    if (!schema || within.has(name)) return undefined;
    within.add(name);
    const example = exampleOf(schema);
    within.delete(name);
    return example;
  }

  function exampleByType(schema: oas31.SchemaObject): unknown {
    const { type, format, pattern, minimum, maximum, minItems, items, minLength = 0 } = schema;
    switch (Array.isArray(type) ? type[0] : type) {
      case 'object':
        return exampleOfObject(schema);
      case 'array': {
        const item = items && exampleOf(items);
        if (item !== undefined) return [item];
        return minItems ? undefined : [];
      }
      case 'string':
        if (format !== undefined && FORMATS[format] !== undefined) return FORMATS[format];
        return pattern === undefined && minLength <= TEXT.length ? TEXT : undefined;
      case 'integer':
      case 'number':
        return Math.max(minimum ?? 1, Math.min(1, maximum ?? 1));
      case 'boolean':
        return false;
      case 'null':
        return null;
      default:
        return undefined;
    }
  }

  /** An object with all its properties; `undefined` where a required one has no example. */
  function exampleOfObject({ properties = {}, required = [] }: oas31.SchemaObject): unknown {
    const fields = Object.entries(properties).map(([name, property]) => [name, exampleOf(property)] as const);
    const known = fields.filter(([, value]) => value !== undefined);
    const names = known.map(([name]) => name);
    return required.every((name) => names.includes(name)) ? Object.fromEntries(known) : undefined;
  }

  return exampleOf;
}

const TEXT = 'text';
