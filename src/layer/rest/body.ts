import type { InputSize } from '../decode/size.ts';
import { ApiError, CoreError } from '../errors/api-error.ts';
import { invalidInput } from '../errors/input.ts';
import { pointerTo } from '../errors/rejection.ts';
import {
  type BodyCall,
  chunksOf,
  decodeUtf8,
  isJsonType,
  mediaType,
  parseJson,
  readBody,
} from '../http/body.ts';
import { tooMany } from '../http/json.ts';
import { MAX_BODY_BYTES } from '../limits.ts';
import { uploadLimits } from '../meta.ts';
import { holdsFiles } from '../schema/schema.ts';
import { isList, isPreprocessed, type TextForm, textFormOf } from '../schema/text-form.ts';
import type { BodyType, Endpoint } from './endpoint.ts';
import { type FormFields, type FormLimits, readMultipart } from './multipart.ts';
import { type Fields, fieldsFrom } from './names.ts';
import { isPlainObject, RawText } from './text.ts';
import type { Uploads } from './uploads.ts';

/** Reads the fields of a request's body. Text is marked as `RawText`. */
export type ReadBody = (call: BodyCall, uploads: Uploads) => Promise<Fields>;

/** The readers of an endpoint's input. */
export interface Readers {
  /** Reads the query. */
  readText: ReadText;
  readBody: ReadBody;
}

/** Compiles the readers of an endpoint's query and body. */
export function compileReaders(endpoint: Endpoint): Readers {
  const withJson = compileJsonFields(endpoint.inputFields, endpoint.size);
  const readText = compileText(endpoint, withJson);
  return { readText, readBody: compileBody(endpoint, readText, withJson) };
}

/** Parses the fields of a form or a query that are JSON. */
type WithJson = (fields: Fields) => Fields;

/** Compiles the reader of an endpoint's body, for each media type that it accepts. */
function compileBody(endpoint: Endpoint, readText: ReadText, withJson: WithJson): ReadBody {
  const { consumes, inputFields, rest, size } = endpoint;
  const fileFields = new Set(
    [...inputFields].filter(([, schema]) => holdsFiles(schema)).map(([name]) => name),
  );
  const fields: FormFields = {
    isField: (name) => inputFields.has(name),
    holdsFiles: (name) => fileFields.has(name),
  };
  const { file, total } = uploadLimits({ rest });
  const limits: FormLimits = { file, total: fileFields.size > 0 ? total : MAX_BODY_BYTES, ...size };
  const readers: Record<BodyType, ReadBody> = {
    'application/json': (call) => readJson(call, size),
    'application/x-www-form-urlencoded': async (call) => readText(decodeUtf8(await readBody(call))),
    'multipart/form-data': async (call, uploads) => {
      const parts = await readMultipart(call, fields, limits, uploads);
      return withJson(fieldsFrom(parts, fields.isField, size.maxValues));
    },
  };
  return async (call, uploads) => {
    const type = mediaType(call);
    const known = consumes.find((one) => one === type || (one === 'application/json' && isJsonType(type)));
    if (known) return readers[known](call, uploads);
    if (await isEmpty(call)) return {};
    throw new CoreError('UNSUPPORTED_MEDIA_TYPE', {
      detail: `Send the body as ${consumes.join(' or ')} and set Content-Type to match.`,
      headers: { accept: consumes.join(', ') },
    });
  };
}

async function readJson(call: BodyCall, size: InputSize): Promise<Fields> {
  const bytes = await readBody(call);
  if (bytes.byteLength === 0) return {};
  const body = parseJson(bytes, size);
  if (!isPlainObject(body)) throw invalidInput([{ pointer: '', message: 'the body must be a JSON object' }]);
  return body;
}

/** Reads the fields of a query or a URL-encoded form, as text. */
export type ReadText = (encoded: string) => Fields;

/**
 * Compiles the reader of a query or a URL-encoded form. It counts the fields before it parses them. It throws an
 * ApiError: BAD_REQUEST for too many fields, INVALID_INPUT for invalid JSON in a field, and the errors of `fieldsFrom`.
 */
function compileText({ inputFields, size }: Endpoint, withJson: WithJson): ReadText {
  const isField = (name: string) => inputFields.has(name);
  return (encoded) => {
    let count = 1;
    for (let at = encoded.indexOf('&'); at !== -1; at = encoded.indexOf('&', at + 1)) {
      if (++count > size.maxFields) throw tooMany(size.maxFields);
    }
    const pairs = [...new URLSearchParams(encoded)].map(
      ([name, value]) => [name, new RawText(value)] as const,
    );
    return withJson(fieldsFrom(pairs, isField, size.maxValues));
  };
}

/** The forms of fields that are not text. Their text is JSON if it begins with `{` or `[`. */
const MAY_BE_JSON: ReadonlySet<TextForm> = new Set(['json', 'object']);
const isJsonText = (value: unknown): value is RawText =>
  value instanceof RawText && /^\s*[[{]/.test(value.value);

/**
 * Compiles the parser of JSON in text fields, for objects and lists of objects: the whole field, or each item of a
 * list.
 */
function compileJsonFields(inputFields: Endpoint['inputFields'], size: InputSize): WithJson {
  const inJson = [...inputFields].flatMap(([name, field]) =>
    MAY_BE_JSON.has(textFormOf(field)) && !isPreprocessed(field) ? [{ name, isList: isList(field) }] : [],
  );

  function read(name: string, isList: boolean, value: unknown): [string, unknown][] {
    const texts: unknown[] = Array.isArray(value) ? value : [value];
    if (!texts.every(isJsonText) || (texts.length > 1 && !isList)) return [];
    const text = texts.map((one) => one.value).join();
    const isWhole = !isList || (texts.length === 1 && text.trimStart().startsWith('['));
    try {
      return [[name, parseJson(isWhole ? text : `[${text}]`, size)]];
    } catch (cause) {
      if (!(cause instanceof ApiError) || cause.kind !== 'MALFORMED_JSON') throw cause;
      throw invalidInput([{ pointer: pointerTo([name]), message: 'is not valid JSON' }]);
    }
  }

  return (fields) => {
    const changed = inJson.flatMap(({ name, isList }) => read(name, isList, fields[name]));
    return changed.length > 0 ? { ...fields, ...Object.fromEntries(changed) } : fields;
  };
}

/** True if the body is empty. Reads no more than its first bytes. */
async function isEmpty(call: BodyCall): Promise<boolean> {
  for await (const chunk of chunksOf(call)) if (chunk.byteLength > 0) return false;
  return true;
}
