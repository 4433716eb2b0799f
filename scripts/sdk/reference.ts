import { z } from 'zod';
import {
  type ClientNames,
  deprecationNotice,
  Document,
  errorCodes,
  errorName,
  type Method,
  methodsOf,
  operationOf,
} from '#layer/cli/index';

interface Schema {
  title?: string | undefined;
  $ref?: string | undefined;
  type?: string | string[] | undefined;
  format?: string | undefined;
  enum?: unknown[] | undefined;
  const?: unknown;
  description?: string | undefined;
  default?: unknown;
  items?: Schema | undefined;
  anyOf?: Schema[] | undefined;
  oneOf?: Schema[] | undefined;
  allOf?: Schema[] | undefined;
  properties?: Record<string, Schema> | undefined;
  required?: string[] | undefined;
}
const Schema: z.ZodType<Schema> = z.lazy(() =>
  z.looseObject({
    title: z.string().optional(),
    $ref: z.string().optional(),
    type: z.union([z.string(), z.array(z.string())]).optional(),
    format: z.string().optional(),
    enum: z.array(z.unknown()).optional(),
    description: z.string().optional(),
    items: Schema.optional(),
    anyOf: z.array(Schema).optional(),
    oneOf: z.array(Schema).optional(),
    allOf: z.array(Schema).optional(),
    properties: z.record(z.string(), Schema).optional(),
    required: z.array(z.string()).optional(),
  }),
);

const COMPONENT = '#/components/schemas/';

/** Returns the type of a schema as readable text, with links to named schemas. */
function typeOf(schema: Schema): string {
  const { $ref, type, items, properties } = schema;
  if ($ref !== undefined) {
    const name = $ref.replace(COMPONENT, '');
    return `[${name}](#${name.toLowerCase()})`;
  }
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum) return schema.enum.map((value) => `\`${JSON.stringify(value)}\``).join(' or ');
  const options = schema.anyOf ?? schema.oneOf;
  if (options) return options.map(typeOf).join(' or ');
  if (schema.allOf) return schema.allOf.map(typeOf).join(' and ');
  if (Array.isArray(type)) return type.map((one) => typeOf({ ...schema, type: one })).join(' or ');
  if (type === 'array') return `list of ${typeOf(items ?? {})}`;
  if (type === 'object' && properties) {
    const fields = Object.entries(properties).map(([name, inner]) => `${name}: ${typeOf(inner)}`);
    return `{ ${fields.join(', ')} }`;
  }
  return schema.format ?? type ?? 'anything';
}

interface Field {
  name: string;
  place: string;
  schema: Schema;
  required: boolean;
}

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function table(fields: Field[], withPlace: boolean): string {
  const rows = fields.map(({ name, place, schema, required }) => {
    const about = [
      schema.description,
      schema.default === undefined ? undefined : `Default: \`${JSON.stringify(schema.default)}\`.`,
    ];
    const cells = [`\`${name}\`${required ? '' : '?'}`, ...(withPlace ? [place] : []), typeOf(schema)];
    return `| ${[...cells, about.filter(Boolean).join(' ')].map(cell).join(' | ')} |`;
  });
  const head = withPlace ? ['Field', 'In', 'Type', ''] : ['Field', 'Type', ''];
  return [`| ${head.join(' | ')} |`, `| ${head.map(() => '---').join(' | ')} |`, ...rows].join('\n');
}

function fieldsOf(schema: Schema, place: string): Field[] {
  const { properties = {}, required = [] } = schema;
  return Object.entries(properties).map(([name, inner]) => ({
    name,
    place,
    schema: inner,
    required: required.includes(name),
  }));
}

/** Returns a table of the options of a schema if each has a title. */
function optionsTable({ anyOf = [] }: Schema): string | undefined {
  if (anyOf.length === 0 || anyOf.some(({ title }) => title === undefined)) return undefined;
  const rows = anyOf.map((option) => {
    const fields = fieldsOf(option, '')
      .filter(({ name }) => name !== 'type')
      .map(({ name, schema, required }) => `\`${name}\`${required ? '' : '?'}: ${typeOf(schema)}`);
    return `| ${[`\`${option.title ?? ''}\``, fields.join(', '), option.description ?? ''].map(cell).join(' | ')} |`;
  });
  return ['| `type` | Fields | |', '| --- | --- | --- |', ...rows].join('\n');
}

function methodText(document: Document, method: Method, root: string): string {
  const { parameters, requestBody, responses } = operationOf(document, method);
  const inputs: Field[] = parameters.map(({ name, in: place, required = false, ...rest }) => ({
    name,
    place,
    required,
    schema: {
      ...Schema.parse(rest['schema'] ?? {}),
      description: z.string().optional().parse(rest['description']),
    },
  }));
  const [body] = Object.values(requestBody?.content ?? {});
  const component = body?.schema?.$ref?.replace(COMPONENT, '');
  const bodySchema = component === undefined ? body?.schema : document.components.schemas[component];
  const fields = [...inputs, ...(bodySchema === undefined ? [] : fieldsOf(Schema.parse(bodySchema), 'body'))];
  const { query, headers, body: sent, required } = method.fields;
  const takes = query.length + headers.length + sent.length > 0;
  const args = [...method.params, ...(takes ? [`input${required ? '' : '?'}`] : []), 'options?'];
  const [status = '', success] = Object.entries(responses).find(([code]) => code.startsWith('2')) ?? [];
  const [media] = Object.entries(success?.content ?? {});
  const result = media
    ? `${status}, ${media[0] === 'application/json' ? typeOf(Schema.parse(media[1].schema ?? {})) : `\`${media[0]}\``}`
    : status;
  return [
    `### sb.${method.path.join('.')}(${args.join(', ')})`,
    `\`${method.httpMethod} ${root}${method.url}\`, procedure \`${method.operationId}\`, returns ${result}.`,
    [
      method.deprecation ? deprecationNotice(method.deprecation) : '',
      method.summary && `${method.summary}.`,
      method.description,
    ]
      .filter(Boolean)
      .join(' '),
    fields.length > 0 ? table(fields, true) : '',
  ]
    .filter(Boolean)
    .join('\n\n');
}

/** Returns the text of docs/reference.md: each operation as a method and a REST request, the types and the errors. */
export function referenceText(raw: unknown, { resources }: ClientNames): string {
  const document = Document.parse(raw);
  const { pathname } = new URL(document.servers[0].url, 'http://localhost');
  const types = Object.entries(document.components.schemas).map(([name, raw]) => {
    const schema = Schema.parse(raw);
    const fields = fieldsOf(schema, '');
    return [
      `### ${name}`,
      schema.description ?? '',
      optionsTable(schema) ?? (fields.length > 0 ? table(fields, false) : `${typeOf(schema)}.`),
    ]
      .filter(Boolean)
      .join('\n\n');
  });
  const errors = errorCodes(document).map(
    ({ code, meaning, status }) => `| \`${code}\` | ${status} | \`${errorName(code)}\` | ${cell(meaning)} |`,
  );
  return `<!-- Written by npm run sdk from src/sdk/openapi.json. -->

# Reference

Every operation as a method of [the SDK](sdk.md) and as a [REST](rest.md) request. Fields with a question mark are
optional. \`options\` are those of the SDK: \`signal\`, \`timeoutMs\`, \`maxRetries\`, \`headers\`, \`idempotencyKey\`.

## Operations

${methodsOf(document, resources)
  .map((method) => methodText(document, method, pathname))
  .join('\n\n')}

## Types

${types.join('\n\n')}

## Errors

| Code | Status | Class | Meaning |
| --- | --- | --- | --- |
${errors.join('\n')}
`;
}
