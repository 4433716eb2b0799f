import { z } from 'zod';
import { isNothing } from '#layer/testing/index';
import fc from '#test/fast-check';
import type { Endpoint } from '#test/procedures';

type JsonSchema = z.core.JSONSchema.BaseSchema;

const DATE = 'Date';
/** The media type of a string that contains JSON. */
const JSON_TYPE = 'application/json';
/** A message part. It is the only value in an output whose schema is a function, which JSON Schema cannot express. */
const PART: JsonSchema = {
  type: 'object',
  properties: { type: { const: 'data-x' }, data: { type: 'array', items: { type: 'object' } } },
  required: ['type'],
};
/** The longest generated string and list. `hostile` has values beyond the limits of schemas. */
const MAX_LENGTH = 40;
const MAX_ITEMS = 3;
/** The last date that ISO 8601 writes with four digits for the year. */
const LAST_DATE = new Date('9999-12-31T23:59:59.999Z');

const asSchema = (value: JsonSchema | boolean | undefined): JsonSchema =>
  typeof value === 'object' ? value : {};

/** Returns what a schema accepts or outputs as JSON Schema, in which dates have the format DATE. */
function describe(schema: z.core.$ZodType, io: 'input' | 'output'): JsonSchema {
  return z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    // Without names, there are no references.
    metadata: z.registry(),
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema instanceof z.core.$ZodDate) jsonSchema.format = DATE;
      if (zodSchema instanceof z.core.$ZodCustom) Object.assign(jsonSchema, PART);
      const contentMediaType = z.globalRegistry.get(zodSchema)?.['contentMediaType'];
      if (contentMediaType === JSON_TYPE) jsonSchema.contentMediaType = JSON_TYPE;
    },
  });
}

function stringsOf({
  format,
  contentMediaType,
  pattern,
  minLength = 0,
  maxLength = MAX_LENGTH,
}: JsonSchema): fc.Arbitrary<unknown> {
  if (format === DATE) return fc.date({ noInvalidDate: true, min: new Date(0), max: LAST_DATE });
  if (format === 'email') return fc.stringMatching(/^[a-z]{1,12}@[a-z]{1,12}\.com$/);
  if (format === 'uri') return fc.webUrl();
  if (contentMediaType === JSON_TYPE) return fc.constant('[]');
  const limits = { minLength, maxLength: Math.min(maxLength, Math.max(MAX_LENGTH, minLength)) };
  if (pattern === undefined) return fc.string(limits);
  return fc
    .stringMatching(new RegExp(pattern))
    .filter(({ length }) => length >= limits.minLength && length <= limits.maxLength);
}

function objectsOf({ properties = {}, required = [] }: JsonSchema): fc.Arbitrary<Record<string, unknown>> {
  const fields = Object.entries(properties).map(
    ([name, schema]) => [name, valuesOf(asSchema(schema))] as const,
  );
  return fc.record(Object.fromEntries(fields), { requiredKeys: required });
}

function valuesOf(schema: JsonSchema): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const options = schema.anyOf ?? schema.oneOf;
  if (options) return fc.oneof(...options.map((option) => valuesOf(asSchema(option))));
  const { type } = schema;
  if (Array.isArray(type)) return fc.oneof(...type.map((one) => valuesOf({ ...schema, type: one })));
  if (schema.type === 'object') return objectsOf(schema);
  if (schema.type === 'array') {
    const { items, minItems = 0 } = schema;
    return fc.array(valuesOf(asSchema(Array.isArray(items) ? items[0] : items)), {
      minLength: minItems,
      maxLength: MAX_ITEMS,
    });
  }
  if (schema.type === 'integer' || schema.type === 'number') {
    const { minimum = -1000, maximum = 1000 } = schema;
    return fc.integer({ min: minimum, max: Math.min(maximum, minimum + 1000) });
  }
  if (schema.type === 'boolean') return fc.boolean();
  if (schema.type === 'null') return fc.constant(null);
  return stringsOf(schema);
}

/** Generates valid inputs of a procedure. A few are rejected, by rules that JSON Schema cannot express. */
export function validInputs({ input }: Endpoint): fc.Arbitrary<Record<string, unknown>> {
  return input ? objectsOf(describe(input, 'input')).map(withoutCreateChat) : fc.constant({});
}

/** Removes `createChat`. With it, a call would create a chat with a random id, and the next call would find it. */
const withoutCreateChat = (input: Record<string, unknown>) => {
  const { createChat, ...rest } = input;
  return createChat === true ? rest : input;
};

/**
 * Generates inputs that a procedure accepts once their ids exist. They contain no cursor, no model and no files, so the
 * parts of a question have a text. A chat in a project is not temporary.
 */
export function acceptedInputs(endpoint: Endpoint): fc.Arbitrary<Record<string, unknown>> {
  return validInputs(endpoint)
    .map(({ cursor: _page, model: _model, files: _files, temporary, ...input }) =>
      temporary === undefined || 'projectId' in input ? input : { ...input, temporary },
    )
    .filter(({ parts }) => !Array.isArray(parts) || parts.length > 0)
    .filter((input) => !endpoint.input || z.safeParse(endpoint.input, input).success);
}

/** Generates valid outputs of a procedure, except streams. */
export function validOutputs({ output }: Endpoint): fc.Arbitrary<unknown> {
  return output && !isNothing(output) ? valuesOf(describe(output, 'output')) : fc.constant(undefined);
}

/** Returns a list that nests `depth` levels deep. */
export const nested = (depth: number): unknown => {
  let value: unknown = [];
  for (let level = 1; level < depth; level++) value = [value];
  return value;
};

const PROTO = Object.fromEntries([['__proto__', { isAdmin: true }]]);

/** Values that often break programs. */
const hostile: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    0,
    -1,
    1.5,
    1e308,
    Number.MAX_SAFE_INTEGER + 2,
    '',
    ' ',
    '\0',
    'a\0b',
    '\ud800',
    '\udc00x',
    '\u202e',
    '__proto__',
    'constructor',
    '../../etc/passwd',
    '%',
    '%00',
    "' or '1'='1",
    '${7*7}',
    '{{7*7}}',
    'NaN',
    'null',
    'true',
    '2026-02-30',
    '9'.repeat(400),
    'x'.repeat(3000),
    '\n\r',
    [],
    {},
    [null],
    nested(50),
    PROTO,
    { constructor: { prototype: {} } },
    { toString: 'x' },
    { length: 1e9 },
    { then: 1 },
  ),
  fc.jsonValue({ maxDepth: 3 }),
);

const NAMES = [
  'extra',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'then',
  '',
  '0',
  'a.b',
  'userId',
  'role',
];

type Mutation = (input: Record<string, unknown>) => Record<string, unknown>;

const withField = (input: object, name: string, value: unknown) =>
  // fromEntries defines each name as an own property, also `__proto__`.
  Object.fromEntries([...Object.entries(input), [name, value]]);

function mutations(names: string[]): fc.Arbitrary<Mutation> {
  const add = fc.tuple(fc.constantFrom(...NAMES), hostile).map(
    ([name, value]): Mutation =>
      (input) =>
        withField(input, name, value),
  );
  if (names.length === 0) return add;
  const name = fc.constantFrom(...names);
  const drop = name.map(
    (dropped): Mutation =>
      (input) =>
        Object.fromEntries(Object.entries(input).filter(([key]) => key !== dropped)),
  );
  const replace = fc.tuple(name, hostile).map(
    ([at, value]): Mutation =>
      (input) =>
        withField(input, at, value),
  );
  return fc.oneof(
    { weight: 1, arbitrary: add },
    { weight: 1, arbitrary: drop },
    { weight: 4, arbitrary: replace },
  );
}

/**
 * Generates nearly valid inputs that the procedure's schema rejects. Without an input, they have fields that REST does
 * not accept and RPC ignores.
 */
export function badInputs(endpoint: Endpoint): fc.Arbitrary<Record<string, unknown>> {
  const names = [...endpoint.inputFields.keys()];
  const mutated = fc
    .tuple(validInputs(endpoint), fc.array(mutations(names), { minLength: 1, maxLength: 2 }))
    .map(([input, changes]) => changes.reduce((changed, change) => change(changed), input))
    .map(withoutCreateChat);
  return mutated.filter((input) => !endpoint.input || !z.safeParse(endpoint.input, input).success);
}
