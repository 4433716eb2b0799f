import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Busboy, type BusboyFileStream } from '@fastify/busboy';
import { ApiError, CoreError } from '../errors/api-error.ts';
import { invalidInput } from '../errors/input.ts';
import { pointerTo } from '../errors/rejection.ts';
import { type BodyCall, chunksOf, isJsonType, limitBytes, parseJson } from '../http/body.ts';
import { checkJson, tooMany } from '../http/json.ts';
import { MAX_BODY_BYTES } from '../limits.ts';
import { pathOf } from './names.ts';
import { RawText } from './text.ts';
import type { Uploads } from './uploads.ts';

/** What a form may hold. */
export interface FormLimits {
  /** The largest file, in bytes. */
  file: number;
  /** The largest form, in bytes. */
  total: number;
  /** How many fields and files there may be. */
  maxFields: number;
  /** How many values all parts that are JSON may hold together. */
  maxValues: number;
}

/** What the input of an endpoint says of a form's names. */
export interface FormFields {
  isField: (name: string) => boolean;
  /** Whether a field of the input holds files, itself or further inside. */
  holdsFiles: (name: string) => boolean;
  /** True if parts are left as they are: one of a JSON type is text, and a file that was not chosen is an empty one. */
  isPlain?: boolean;
}

/** The parts as a FormData has them: each one with a file name is a file, all others are text. */
export const AS_FORM_DATA: FormFields = { isField: () => true, holdsFiles: () => true, isPlain: true };

const MAX_PART_HEADERS = 50;

const tooLarge = (detail: string) => new CoreError('PAYLOAD_TOO_LARGE', { detail });

/**
 * Reads a multipart form (RFC 7578) as it comes. Files go to `uploads`, where a field holds files; a part of a JSON
 * type is JSON; all else is text.
 * @returns the parts in their order, with the text of each marked as such.
 * @throws {ApiError} PAYLOAD_TOO_LARGE as soon as a limit is passed, INVALID_INPUT for a file where none belongs, and
 *   BAD_REQUEST for what is no multipart form.
 */
export async function readMultipart(
  call: BodyCall,
  { isField, holdsFiles, isPlain = false }: FormFields,
  limits: FormLimits,
  uploads: Uploads,
): Promise<[name: string, value: unknown][]> {
  const total = `The form may have ${limits.total} bytes at most, its text ${MAX_BODY_BYTES}.`;
  if (Number(call.header('content-length') ?? 0) > limits.total) throw tooLarge(total);
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
  form.on('partsLimit', () => fail(tooLarge(`The form may have ${limits.maxFields} parts at most.`)));

  function jsonOf(text: string): unknown {
    values += checkJson(text, limits);
    if (values > limits.maxValues) throw tooMany(limits.maxValues);
    return parseJson(text, limits);
  }

  async function fileOf(name: string, content: BusboyFileStream, filename: string, type: string) {
    if (!takesFile(name)) {
      throw invalidInput([{ pointer: pointerTo(pathOf(name, isField)), message: 'takes no file' }]);
    }
    content.on('limit', () => fail(tooLarge(`${name}: a file may have ${limits.file} bytes at most.`)));
    const file = await uploads.add(content, filename, type, signal);
    // A browser sends a file of no name and no content for an input that nothing was chosen in.
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
    throw new CoreError('BAD_REQUEST', { detail: 'The body is not a whole multipart form.', cause: reason });
  }
}

function parserOf(contentType: string, limits: FormLimits, takesFile: (name: string) => boolean) {
  try {
    return new Busboy({
      headers: { 'content-type': contentType },
      // Clients send objects as a JSON file named "blob".
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
