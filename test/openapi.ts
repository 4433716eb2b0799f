import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { z } from 'zod';

const Content = z.record(z.string(), z.object({ schema: z.unknown() }));
const Reference = z.object({ $ref: z.string() });
const Header = z.union([Reference, z.object({ required: z.boolean().default(false), schema: z.unknown() })]);
const Response = z.object({
  headers: z.record(z.string(), Header).default({}),
  content: Content.optional(),
});
const Operation = z.object({
  operationId: z.string(),
  'x-error-codes': z.array(z.string()).default([]),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  parameters: z
    .array(
      z.object({
        in: z.enum(['path', 'query', 'header']),
        name: z.string(),
        required: z.boolean().default(false),
      }),
    )
    .default([]),
  requestBody: z.object({ required: z.boolean(), content: Content }).optional(),
  responses: z.record(z.string(), z.union([Reference, Response])),
});
const Document = z.object({
  paths: z.record(z.string(), z.record(z.string(), Operation)),
  components: z.object({ responses: z.record(z.string(), Response), headers: z.record(z.string(), Header) }),
});

type Response = z.output<typeof Response>;

/** An operation of the document. `at` is its JSON Pointer, with `/` at the end. */
export interface Described {
  operation: z.output<typeof Operation>;
  at: string;
}

const json: unknown = JSON.parse(readFileSync(join(import.meta.dirname, '../src/sdk/openapi.json'), 'utf8'));
const document = Document.parse(json);

/** The error codes that only some operations report. */
const namedCodes = new Set(
  Object.values(document.paths).flatMap((path) =>
    Object.values(path).flatMap((operation) => operation['x-error-codes']),
  ),
);

/** True if an operation may report an error code: if it names the code, or none does. */
export const mayReport = (operation: Described['operation'], code: string): boolean =>
  !namedCodes.has(code) || operation['x-error-codes'].includes(code);

function validator(coerceTypes: false | 'array') {
  const ajv = new Ajv2020({ strict: true, strictRequired: false, allErrors: true, coerceTypes });
  addFormats(ajv);
  // The keys at the top of the document, which Ajv sees when it resolves a reference.
  ajv.addVocabulary(['openapi', 'info', 'servers', 'tags', 'paths', 'components']);
  // Only the compiled parts of the document are schemas.
  ajv.addSchema(z.record(z.string(), z.unknown()).parse(json), 'openapi', false, false);
  const compiled = new Map<string, ValidateFunction>();
  return (pointer: string, value: unknown): string[] => {
    // Ajv writes a coerced value into the object around it.
    const schema = { type: 'object', properties: { value: { $ref: `openapi#${pointer}` } } };
    const validate = compiled.get(pointer) ?? ajv.compile(schema);
    compiled.set(pointer, validate);
    if (validate({ value })) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message = '' }) => `${instancePath.replace('/value', '') || 'it'} ${message}`,
    );
  };
}

/** Returns the errors of a value by the schema at a JSON Pointer of the document. */
export const faults = validator(false);
/** Does the same for text that can mean a number, a boolean or a list. */
export const faultsOfText = validator('array');

const escape = (key: string) => key.replaceAll('~', '~0').replaceAll('/', '~1');

const TEMPLATES = Object.keys(document.paths)
  .toSorted((a, b) => a.split('{').length - b.split('{').length)
  .map((template) => ({
    template,
    names: [...template.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name),
    pattern: new RegExp(`^${template.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '([^/]+)')}$`),
  }));

/**
 * Finds the path template of the document that matches a path below /api/v1.
 * @returns the values of its parameters, and the operation of the method. HEAD has the operation of GET.
 */
export function find(path: string, method: string) {
  for (const { template, names, pattern } of TEMPLATES) {
    const match = pattern.exec(path);
    if (!match) continue;
    const values = new Map(names.map((name, i) => [name, match[i + 1] ?? '']));
    const key = method === 'HEAD' ? 'get' : method.toLowerCase();
    const operation = document.paths[template]?.[key];
    const described = operation && { operation, at: `/paths/${escape(template)}/${key}/` };
    return { values, described };
  }
  return undefined;
}

/** Returns the response of an operation with a status, and its JSON Pointer. */
export function responseOf({ operation, at }: Described, status: number) {
  const response = operation.responses[String(status)];
  if (!response) return undefined;
  if (!('$ref' in response)) return { response, at: `${at}responses/${status}/` };
  const shared = document.components.responses[response.$ref.replace('#/components/responses/', '')];
  return shared && { response: shared, at: `${response.$ref.slice(1)}/` };
}

/** Returns the headers of a response, each with the JSON Pointer of its schema. */
export function headersOf(response: Response, at: string) {
  return Object.entries(response.headers).map(([name, header]) => {
    if (!('$ref' in header))
      return { name, required: header.required, at: `${at}headers/${escape(name)}/schema` };
    return { name, required: false, at: `${header.$ref.slice(1)}/schema` };
  });
}

/** Returns the JSON Pointer of the schema of a media type. */
export const schemaAt = (at: string, type: string) => `${at}content/${escape(type)}/schema`;
