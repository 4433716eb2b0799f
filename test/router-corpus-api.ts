import { z } from 'zod';
import { createOpenApiDocument } from '#layer/index';
import {
  compileCoercion,
  createAccepts,
  createExamples,
  procedure,
  router,
  type SchemaOrRef,
  toJson,
} from '#layer/testing/index';
import { FIELDS, KINDS, VALUES } from './router-corpus.ts';

type Schema = z.core.$ZodType;

/** Returns the input of a procedure as text, in which dates, sets and maps look as in JSON. */
const echo = ({ input }: { input: unknown }) => toJson(input);

const FORM = 'application/x-www-form-urlencoded';

const at = (method: 'GET' | 'POST', path: `/${string}`, contentTypes?: [typeof FORM]) =>
  procedure
    .meta({ openapi: { method, path, summary: path, protect: false, ...(contentTypes && { contentTypes }) } })
    .output(z.string());

/** Returns a JSON value as a schema coerces it, before validation. */
export const coerced = (schema: Schema, json: unknown) => compileCoercion(schema)(json);

/** The procedures of the corpus: each schema in a query, JSON body, form and output, single values also in a path. */
export const corpus = router(
  Object.fromEntries([
    ...[...FIELDS].flatMap(([name, schema]) => [
      [
        `${name}Query`,
        at('GET', `/query/${name}`)
          .input(z.object({ v: schema }))
          .query(echo),
      ] as const,
      [
        `${name}Body`,
        at('POST', `/body/${name}`)
          .input(z.object({ v: schema }))
          .mutation(echo),
      ] as const,
      [
        `${name}Form`,
        at('POST', `/form/${name}`, [FORM])
          .input(z.object({ v: schema }))
          .mutation(echo),
      ] as const,
    ]),
    ...[...VALUES].map(
      ([name, schema]) =>
        [
          `${name}Path`,
          at('GET', `/path/${name}/{v}`)
            .input(z.object({ v: schema }))
            .query(echo),
        ] as const,
    ),
    ...[...KINDS].map(
      ([name, schema]) =>
        [
          `${name}Output`,
          procedure
            .meta({ openapi: { method: 'GET', path: `/output/${name}`, summary: name, protect: false } })
            .output(z.object({ v: schema }))
            .query(() => ({ v: coerced(schema, valueOf(name)) })),
        ] as const,
    ),
  ]),
);

/** The document of the corpus. */
export const document = createOpenApiDocument(corpus, { title: 'Corpus', version: '1' });

const schemas = document.components?.schemas ?? {};
/** True if a schema of the document accepts a JSON value. */
export const accepts = createAccepts(schemas);
/** Returns a value for a schema of the document. */
export const exampleOf = createExamples(schemas, accepts);

const Media = z.object({
  schema: z.custom<SchemaOrRef>(),
  encoding: z
    .record(z.string(), z.object({ style: z.string().optional(), contentType: z.string().optional() }))
    .optional(),
});
const Content = z.object({ content: z.record(z.string(), Media) });

/** Returns the schema and the encoding of the body of a field, from the document. */
export function bodyOf(place: 'body' | 'form', name: string) {
  const { content } = Content.parse(document.paths?.[`/${place}/${name}`]?.post?.requestBody);
  return Media.parse(content[place === 'form' ? FORM : 'application/json']);
}

/** Returns a JSON value for a field, generated from the document. */
export function valueOf(name: string): unknown {
  const example = exampleOf(bodyOf('body', name).schema);
  return z.object({ v: z.unknown() }).parse(example).v;
}

/** Returns the schema of the output of a kind, from the document. */
export function outputOf(name: string): SchemaOrRef {
  const { content } = Content.parse(document.paths?.[`/output/${name}`]?.get?.responses?.['200']);
  return content['application/json']?.schema ?? { not: {} };
}

/** Returns the parameter `v` of an operation. @throws {Error} if there is none. */
export function parameterOf(path: string) {
  const found = document.paths?.[path]?.get?.parameters?.find((one) => 'in' in one && one.name === 'v');
  if (!found || !('in' in found)) throw new Error(`${path} has no parameter.`);
  return found;
}

/** Returns the JSON that an echo returns for a valid value. */
export async function echoed(schema: Schema, value: unknown): Promise<string> {
  return toJson(await z.parseAsync(z.object({ v: schema }), { v: coerced(schema, value) }));
}
