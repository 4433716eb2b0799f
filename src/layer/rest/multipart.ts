import { ApiError, CoreError } from '../errors/api-error.ts';
import { invalidInput } from '../errors/input.ts';
import { pointerTo } from '../errors/rejection.ts';
import {
  type BodyCall,
  chunksOf,
  declaredLength,
  isJsonType,
  joined,
  limitBytes,
  parseJson,
} from '../http/body.ts';
import { checkJson, tooMany } from '../http/json.ts';
import { boundaryOf, MalformedForm, type Part, partsOf } from '../http/multipart.ts';
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
  const takesFile = (name: string) => holdsFiles(pathOf(name, isField)[0] ?? '');
  let textSize = 0;
  let values = 0;

  async function textOf({ content, charset }: Part): Promise<string> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of content) {
      size += chunk.byteLength;
      if (textSize + size > MAX_BODY_BYTES) throw tooLarge(total);
      chunks.push(chunk);
    }
    textSize += size;
    return decoderOf(charset).decode(joined(chunks, size));
  }

  function jsonOf(text: string): unknown {
    values += checkJson(text, limits);
    if (values > limits.maxValues) throw tooMany(limits.maxValues);
    return parseJson(text, limits);
  }

  async function fileOf({ name, filename = '', type, content }: Part): Promise<File | undefined> {
    if (!takesFile(name)) {
      throw invalidInput([{ pointer: pointerTo(pathOf(name, isField)), message: 'does not accept a file' }]);
    }
    const limited = limitBytes(content, limits.file, () =>
      tooLarge(`${name}: a file must not exceed ${limits.file} bytes.`),
    );
    const file = await uploads.add(limited, filename, type);
    // For a file input without a choice, a browser sends a file without a name and content.
    return filename === '' && file.size === 0 && !isPlain ? undefined : file;
  }

  async function valueOf(part: Part): Promise<unknown> {
    const { name, filename, type } = part;
    if (name === '') throw invalidInput([{ pointer: '', message: 'a part of the form has no name' }]);
    // Clients send an object as a JSON file named "blob".
    if (filename !== undefined && (takesFile(name) || !isJsonType(type))) return fileOf(part);
    const text = await textOf(part);
    return isJsonType(type) && !isPlain ? jsonOf(text) : new RawText(text);
  }

  const parts: [string, unknown][] = [];
  let count = 0;
  try {
    const boundary = boundaryOf(call.header('content-type') ?? '');
    const body = limitBytes(chunksOf(call), limits.total, () => tooLarge(total));
    for await (const part of partsOf(body, boundary)) {
      if (++count > limits.maxFields) {
        throw tooLarge(`The form must not have more than ${limits.maxFields} parts.`);
      }
      const value = await valueOf(part);
      if (value !== undefined) parts.push([part.name, value]);
    }
    return parts;
  } catch (error) {
    if (error instanceof ApiError) throw error;
    const reason = error instanceof MalformedForm ? ` ${error.message}` : '';
    throw new CoreError('BAD_REQUEST', {
      detail: `The body is not a complete multipart form.${reason}`,
      cause: error,
    });
  }
}

/** Returns the decoder of a character encoding. A mark of the byte order is part of the text, as in a FormData. */
function decoderOf(charset: string): TextDecoder {
  try {
    return new TextDecoder(charset, { ignoreBOM: true });
  } catch (cause) {
    throw new MalformedForm(`The character encoding "${charset}" is not supported.`, { cause });
  }
}
