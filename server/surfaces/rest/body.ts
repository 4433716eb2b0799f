import { AppError, invalidInput } from '#server/errors';
import { chunksOf, decodeUtf8, isJsonType, mediaType, parseJson, readBody } from '#server/http';
import { MAX_BODY_BYTES, MAX_FILE_BYTES, MAX_UPLOAD_BYTES } from '#server/limits';
import type { BodyType, Endpoint } from './endpoint.ts';
import { type FormFields, type FormLimits, readMultipart } from './multipart.ts';
import { type Fields, fieldsFrom } from './names.ts';
import { holdsFiles } from './schema.ts';
import { isPlainObject, Text } from './text.ts';
import type { Uploads } from './uploads.ts';

/** Reads the body of a request; what of it is text is marked as such. */
export type ReadBody = (request: Request, uploads: Uploads) => Promise<Fields>;

/** Compiles how the body of an endpoint is read, in each media type that it takes. */
export function compileBody({ consumes, inputFields, rest }: Endpoint): ReadBody {
  const fileFields = new Set(
    [...inputFields].filter(([, schema]) => holdsFiles(schema)).map(([name]) => name),
  );
  const fields: FormFields = {
    isField: (name) => inputFields.has(name),
    holdsFiles: (name) => fileFields.has(name),
  };
  const limits: FormLimits = {
    file: rest.maxFileBytes ?? MAX_FILE_BYTES,
    total: fileFields.size > 0 ? (rest.maxUploadBytes ?? MAX_UPLOAD_BYTES) : MAX_BODY_BYTES,
  };
  const readers: Record<BodyType, ReadBody> = {
    'application/json': readJson,
    'application/x-www-form-urlencoded': (request) => readUrlEncoded(request, fields),
    'multipart/form-data': async (request, uploads) =>
      fieldsFrom(await readMultipart(request, fields, limits, uploads), fields.isField),
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

async function readJson(request: Request): Promise<Fields> {
  const bytes = await readBody(request);
  if (bytes.byteLength === 0) return {};
  const body = parseJson(bytes);
  if (!isPlainObject(body)) throw invalidInput([{ pointer: '', message: 'the body must be a JSON object' }]);
  return body;
}

async function readUrlEncoded(request: Request, { isField }: FormFields): Promise<Fields> {
  return fieldsFrom(textPairs(new URLSearchParams(decodeUtf8(await readBody(request)))), isField);
}

/** The pairs of a query or a form, as text. */
export function* textPairs(params: URLSearchParams): Generator<[name: string, value: Text]> {
  for (const [name, value] of params) yield [name, new Text(value)];
}

/** Whether nothing was sent. Of what was, no more than its beginning is read. */
async function isEmpty(request: Request): Promise<boolean> {
  for await (const chunk of chunksOf(request)) if (chunk.byteLength > 0) return false;
  return true;
}
