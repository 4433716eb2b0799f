import type { InputSize } from '#server/decode/size';
import { AppError, invalidInput } from '#server/errors';
import { chunksOf, decodeUtf8, isJsonType, mediaType, parseJson, readBody } from '#server/http';
import { tooMany } from '#server/json';
import { MAX_BODY_BYTES } from '#server/limits';
import { uploadLimits } from '#server/meta';
import type { BodyType, Endpoint } from './endpoint.ts';
import { type FormFields, type FormLimits, readMultipart } from './multipart.ts';
import { type Fields, fieldsFrom } from './names.ts';
import { holdsFiles } from './schema.ts';
import { isPlainObject, Text } from './text.ts';
import type { Uploads } from './uploads.ts';

/** Reads the body of a request; what of it is text is marked as such. */
export type ReadBody = (request: Request, uploads: Uploads) => Promise<Fields>;

/** Compiles how the body of an endpoint is read, in each media type that it takes. */
export function compileBody({ consumes, inputFields, rest, size }: Endpoint): ReadBody {
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
    'application/x-www-form-urlencoded': async (request) =>
      fieldsOfText(decodeUtf8(await readBody(request)), fields.isField, size),
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

/**
 * The fields of a query or a url-encoded form, as text. They are counted before anything is made of them.
 * @throws {AppError} BAD_REQUEST when there are too many, and what `fieldsFrom` throws.
 */
export function fieldsOfText(
  encoded: string,
  isField: (name: string) => boolean,
  { maxFields, maxValues }: InputSize,
): Fields {
  let count = 1;
  for (let at = encoded.indexOf('&'); at !== -1; at = encoded.indexOf('&', at + 1)) {
    if (++count > maxFields) throw tooMany(maxFields);
  }
  const pairs = [...new URLSearchParams(encoded)].map(([name, value]) => [name, new Text(value)] as const);
  return fieldsFrom(pairs, isField, maxValues);
}

/** Whether nothing was sent. Of what was, no more than its beginning is read. */
async function isEmpty(request: Request): Promise<boolean> {
  for await (const chunk of chunksOf(request)) if (chunk.byteLength > 0) return false;
  return true;
}
