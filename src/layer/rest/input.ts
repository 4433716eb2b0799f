import * as core from 'zod/v4/core';
import { andThen, type Eventual } from '../call/eventual.ts';
import { toJson } from '../encode/json.ts';
import { CoreError } from '../errors/api-error.ts';
import type { ErrorIssue } from '../errors/catalog.ts';
import { invalidInput } from '../errors/input.ts';
import { pointerTo } from '../errors/rejection.ts';
import type { BodyCall } from '../http/body.ts';
import { rejectsUndefined } from '../schema/absent.ts';
import { type Schema, unwrap } from '../schema/schema.ts';
import { compileReaders } from './body.ts';
import { compileCoercion } from './coerce.ts';
import type { Endpoint } from './endpoint.ts';
import { type Fields, rejectFields } from './names.ts';
import { plain, RawText } from './text.ts';
import type { Uploads } from './uploads.ts';

/**
 * Reads the input of a call.
 * @param query the query of the request, without its question mark.
 * @param pathValues the raw values of the path's parameters, in the order of the endpoint's `params`.
 * @param uploads stores the files of the body.
 */
export type ReadInput = (
  call: BodyCall,
  query: string,
  pathValues: string[],
  uploads: Uploads,
) => Eventual<unknown>;

/**
 * Compiles the reader of an endpoint's input: from path and query, or from path and body, and from headers. Values get
 * the types that the schema expects, and the procedure then validates them. The reader throws an ApiError for a request
 * that cannot be read, such as one with invalid percent-encoding or JSON.
 */
export function compileInput(endpoint: Endpoint): ReadInput {
  const { params, input: schema, takesBody } = endpoint;
  const coerce = schema ? compileCoercion(schema) : plain;
  const needsObject = schema !== null && rejectsUndefined(schema);
  const { readText, readBody } = compileReaders(endpoint);
  const readHeaders = compileHeaders(endpoint);
  return (call, queryText, pathValues, uploads) => {
    const path = readPath(params, pathValues);
    const query = queryText === '' ? {} : readText(queryText);
    if (takesBody) rejectFields(Object.keys(query), 'This method does not accept query parameters.');
    return andThen(takesBody ? readBody(call, uploads) : query, (fields) => {
      const rest = { ...fields, ...readHeaders(call) };
      const input = { ...rest, ...path };
      if (!schema) rejectFields(Object.keys(input), 'This procedure has no input.');
      rejectOtherThanPath(params, rest, input, coerce);
      return Object.keys(input).length === 0 && !needsObject ? undefined : coerce(input);
    });
  };
}

function readPath(params: string[], values: string[]): Fields {
  return Object.fromEntries(params.map((name, i) => [name, new RawText(decode(name, values[i] ?? ''))]));
}

function decode(name: string, value: string): string {
  try {
    return decodeURIComponent(value);
  } catch (cause) {
    const message = 'is not percent-encoded UTF-8';
    throw new CoreError('BAD_REQUEST', {
      detail: `${name} in the path ${message}.`,
      issues: [{ pointer: pointerTo([name]), message }],
      cause,
    });
  }
}

/** Compiles the reader of headers that carry input. It ignores an empty header. */
function compileHeaders({ headers, inputFields }: Endpoint): (call: Pick<BodyCall, 'header'>) => Fields {
  const sources = [...headers].map(([header, field]) => ({
    header,
    field,
    isList: isList(inputFields.get(field)),
  }));
  return (call) =>
    Object.fromEntries(
      sources.flatMap(({ header, field, isList }) => {
        const text = call.header(header);
        if (!text) return [];
        return [
          [field, isList ? text.split(',').map((item) => new RawText(item.trim())) : new RawText(text)],
        ];
      }),
    );
}

function isList(field: Schema | undefined): boolean {
  const schema = field && unwrap(field, 'input');
  return schema instanceof core.$ZodArray || schema instanceof core.$ZodSet;
}

/** Rejects values that differ from those of the path. The body or query may repeat a value of the path. */
function rejectOtherThanPath(
  params: string[],
  rest: Fields,
  input: Fields,
  coerce: (value: unknown) => unknown,
): void {
  const twice = params.filter((name) => Object.hasOwn(rest, name));
  if (twice.length === 0) return;
  const repeated = new Map(Object.entries(coerce(rest) ?? {}));
  const actual = new Map(Object.entries(coerce(input) ?? {}));
  const issues: ErrorIssue[] = twice
    .filter((name) => toJson(repeated.get(name)) !== toJson(actual.get(name)))
    .map((name) => ({ pointer: pointerTo([name]), message: 'differs from the path' }));
  if (issues.length > 0) throw invalidInput(issues);
}
