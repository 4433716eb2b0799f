import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Busboy, type BusboyFileStream } from '@fastify/busboy';
import { ApiError, CoreError } from '../errors/api-error.ts';
import { invalidInput } from '../errors/input.ts';
import { pointerTo } from '../errors/rejection.ts';
import { type BodyCall, chunksOf, declaredLength, isJsonType, limitBytes, parseJson } from '../http/body.ts';
import { checkJson, tooMany } from '../http/json.ts';
import { MAX_BODY_BYTES } from '../limits.ts';
import { pathOf } from './names.ts';
import { RawText } from './text.ts';
import type { Uploads } from './uploads.ts';

/** The limits of a form. */
export interface FormLimits {
  /** The maximum size of a file, in bytes. */
  file: number;
  /** The maximum size of the form, in bytes. */
  total: number;
  /** The maximum number of fields and files. */
  maxFields: number;
  /** The maximum number of values in all JSON parts together. */
  maxValues: number;
}

/** The fields of an endpoint's input, for the names of a form. */
export interface FormFields {
  /** True if the input has a field with a name. */
  isField: (name: string) => boolean;
  /** True if a field of the input accepts files, itself or at any depth. */
  holdsFiles: (name: string) => boolean;
  /**
   * True if parts stay unchanged: a part of a JSON type is text, and a file input without a choice is an empty file.
   */
  isPlain?: boolean;
}

/** Reads parts as a FormData does: a part with a file name is a file, any other is text. */
export const AS_FORM_DATA: FormFields = { isField: () => true, holdsFiles: () => true, isPlain: true };

const MAX_PART_HEADERS = 50;

const tooLarge = (detail: string) => new CoreError('PAYLOAD_TOO_LARGE', { detail });

/**
 * Reads a multipart form (RFC 7578) as it arrives. Files are stored in `uploads` if their field accepts files. A part
 * of a JSON type is parsed, and any other part is text.
 * @returns the parts in their order, with text marked as `RawText`.
 * @throws {ApiError} PAYLOAD_TOO_LARGE as soon as a limit is exceeded, INVALID_INPUT for a file in a field that accepts
 *   none, BAD_REQUEST for a body that is not a complete multipart form, and the errors of `parseJson`.
 */
export async function readMultipart(
  call: BodyCall,
  { isField, holdsFiles, isPlain = false }: FormFields,
  limits: FormLimits,
  uploads: Uploads,
): Promise<[name: string, value: unknown][]> {
  const total = `The form must not exceed ${limits.total} bytes, and its text ${MAX_BODY_BYTES} bytes.`;
  if (declaredLength(call) > limits.total) throw tooLarge(total);
  const parts: [string, unknown][] = [];
  let textSize = 0;
  let values = 0;
  const failure = new AbortController();
  const { signal } = failure;
  const fail = (error: unknown) => failure.abort(error);
  const takesFile = (name: string) => holdsFiles(pathOf(name, isField)[0] ?? '');

  const form = parserOf(call.header('content-type') ?? '', limits, takesFile);
  form.on('field', (name, value, _isNameCut, isCut, _encoding, type) => {
    if (!name) fail(invalidInput([{ pointer: '', message: 'a part of the form has no name' }]));
    textSize += value.length;
    if (isCut || textSize > MAX_BODY_BYTES) fail(tooLarge(total));
    try {
      parts.push([name, isJsonType(type) && !isPlain ? jsonOf(value) : new RawText(value)]);
    } catch (error) {
      fail(error);
    }
  });
  form.on('file', (name, content, filename, _encoding, type) => {
    content.on('error', fail);
    const file = fileOf(name, content, filename, type).catch((error: unknown) => {
      fail(error);
      content.resume();
    });
    parts.push([name, file]);
  });
  form.on('partsLimit', () => fail(tooLarge(`The form must not have more than ${limits.maxFields} parts.`)));

  function jsonOf(text: string): unknown {
    values += checkJson(text, limits);
    if (values > limits.maxValues) throw tooMany(limits.maxValues);
    return parseJson(text, limits);
  }

  async function fileOf(name: string, content: BusboyFileStream, filename: string, type: string) {
    if (!takesFile(name)) {
      throw invalidInput([{ pointer: pointerTo(pathOf(name, isField)), message: 'does not accept a file' }]);
    }
    content.on('limit', () => fail(tooLarge(`${name}: a file must not exceed ${limits.file} bytes.`)));
    const file = await uploads.add(content, filename, type, signal);
    // For a file input without a choice, a browser sends a file without a name and content.
    return filename === '' && file.size === 0 && !isPlain ? undefined : file;
  }

  const body = Readable.from(limitBytes(chunksOf(call), limits.total, () => tooLarge(total)));
  try {
    await pipeline(body, form, { signal });
    const values = await Promise.all(parts.map(async ([name, value]) => [name, await value] as const));
    signal.throwIfAborted();
    return values.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  } catch (error) {
    fail(error);
    await Promise.allSettled(parts.map(([, value]) => value));
    const reason: unknown = signal.reason;
    if (reason instanceof ApiError) throw reason;
    throw new CoreError('BAD_REQUEST', {
      detail: 'The body is not a complete multipart form.',
      cause: reason,
    });
  }
}

function parserOf(contentType: string, limits: FormLimits, takesFile: (name: string) => boolean) {
  try {
    return new Busboy({
      headers: { 'content-type': contentType },
      // Clients send an object as a JSON file named "blob".
      isPartAFile: (name, type = '', filename) =>
        filename !== undefined && (takesFile(name ?? '') || !isJsonType(type)),
      limits: {
        fieldSize: MAX_BODY_BYTES,
        fileSize: limits.file,
        parts: limits.maxFields,
        headerPairs: MAX_PART_HEADERS,
      },
    });
  } catch (cause) {
    throw new CoreError('BAD_REQUEST', { detail: 'The content type of the form has no boundary.', cause });
  }
}
