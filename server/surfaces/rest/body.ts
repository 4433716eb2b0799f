import type { InputSize } from '#server/decode/size';
import { AppError, invalidInput } from '#server/errors';
import { chunksOf, decodeUtf8, isJsonType, mediaType, parseJson, readBody } from '#server/http';
import { tooMany } from '#server/json';
import { MAX_BODY_BYTES } from '#server/limits';
import { uploadLimits } from '#server/meta';
import { pointerTo } from '#server/rejection';
import type { BodyType, Endpoint } from './endpoint.ts';
import { type FormFields, type FormLimits, readMultipart } from './multipart.ts';
import { type Fields, fieldsFrom } from './names.ts';
import { holdsFiles } from './schema.ts';
import { isPreprocessed, textFormOf } from './text-form.ts';
import { isPlainObject, Text } from './text.ts';
import type { Uploads } from './uploads.ts';

/** Reads the body of a request; what of it is text is marked as such. */
export type ReadBody = (request: Request, uploads: Uploads) => Promise<Fields>;

/** Compiles how the body of an endpoint is read, in each media type that it takes. */
export function compileBody(endpoint: Endpoint): ReadBody {
  const { consumes, inputFields, rest, size } = endpoint;
  const readText = compileText(endpoint);
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
    'application/json': (request) => readJson(request, size),
    'application/x-www-form-urlencoded': async (request) => readText(decodeUtf8(await readBody(request))),
    'multipart/form-data': async (request, uploads) =>
      fieldsFrom(await readMultipart(request, fields, limits, uploads), fields.isField, size.maxValues),
  };
  return async (request, uploads) => {
    const type = mediaType(request.headers);
    const known = consumes.find((one) => one === type || (one === 'application/json' && isJsonType(type)));
    if (known) return readers[known](request, uploads);
    if (await isEmpty(request)) return {};
    throw new AppError('UNSUPPORTED_MEDIA_TYPE', {
      detail: `Send the body as ${consumes.join(' or ')}, and say so in the header Content-Type.`,
      headers: { accept: consumes.join(', ') },
    });
  };
}

async function readJson(request: Request, size: InputSize): Promise<Fields> {
  const bytes = await readBody(request);
  if (bytes.byteLength === 0) return {};
  const body = parseJson(bytes, size);
  if (!isPlainObject(body)) throw invalidInput([{ pointer: '', message: 'the body must be a JSON object' }]);
  return body;
}

/** Reads the fields of a query or a url-encoded form, as text. */
export type ReadText = (encoded: string) => Fields;

/**
 * Compiles how the fields of a query or a url-encoded form are read. A field that brackets cannot carry may be JSON. The
 * fields are counted before anything is made of them.
 * The function throws an AppError: BAD_REQUEST when there are too many, INVALID_INPUT for JSON that is none, and what
 * `fieldsFrom` throws.
 */
export function compileText({ inputFields, size }: Endpoint): ReadText {
  const isField = (name: string) => inputFields.has(name);
  const inJson = [...inputFields].flatMap(([name, field]) =>
    textFormOf(field) === 'json' && !isPreprocessed(field) ? [name] : [],
  );
  return (encoded) => {
    let count = 1;
    for (let at = encoded.indexOf('&'); at !== -1; at = encoded.indexOf('&', at + 1)) {
      if (++count > size.maxFields) throw tooMany(size.maxFields);
    }
    const pairs = [...new URLSearchParams(encoded)].map(([name, value]) => [name, new Text(value)] as const);
    const fields = fieldsFrom(pairs, isField, size.maxValues);
    return { ...fields, ...Object.fromEntries(inJson.flatMap((name) => readJsonField(fields, name, size))) };
  };
}

/** The field with what its JSON says, where it is JSON. */
function readJsonField(fields: Fields, name: string, size: InputSize): [string, unknown][] {
  const value = fields[name];
  if (!(value instanceof Text) || !/^\s*[[{]/.test(value.value)) return [];
  try {
    return [[name, parseJson(value.value, size)]];
  } catch (cause) {
    if (!(cause instanceof AppError) || cause.kind !== 'MALFORMED_JSON') throw cause;
    throw invalidInput([{ pointer: pointerTo([name]), message: 'is not valid JSON' }]);
  }
}

/** Whether nothing was sent. Of what was, no more than its beginning is read. */
async function isEmpty(request: Request): Promise<boolean> {
  for await (const chunk of chunksOf(request)) if (chunk.byteLength > 0) return false;
  return true;
}
