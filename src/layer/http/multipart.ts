import { nextSlice } from './turns.ts';

/** The maximum size of the headers of a part, in bytes. */
const MAX_HEADER_BYTES = 16 * 1024;

const LF = 10;
const CR = 13;
const DASH = 45;
const encoder = new TextEncoder();
const utf8 = new TextDecoder();

/** A part of a form, as it arrives. */
export interface Part {
  /** The name of the field. */
  name: string;
  /** The name of the file, without folders; `undefined` if the part is no file. */
  filename: string | undefined;
  /** The media type in lower case, without parameters. Default: `text/plain`. */
  type: string;
  /** The character encoding of a text. Default: `utf-8`. */
  charset: string;
  /** The content. It can be read once, before the next part. */
  content: AsyncGenerator<Uint8Array<ArrayBuffer>>;
}

/** A body that is not a complete multipart form. */
export class MalformedForm extends Error {
  override name = 'MalformedForm';
}

/** A parameter of a header (RFC 9110, section 5.6.6). Some clients escape quotes in a value by backslashes. */
const PARAMETER = /;[ \t]*([\w!#$%&'*+.^`|~-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))[ \t]*/gy;

/** Splits a header into its value in lower case and its parameters by name. */
function parseHeader(text: string): { value: string; parameters: Map<string, string> } {
  const start = text.includes(';') ? text.indexOf(';') : text.length;
  const parameters = new Map<string, string>();
  let end = start;
  for (const [whole, name = '', quoted, plain = ''] of text.slice(start).matchAll(PARAMETER)) {
    parameters.set(name.toLowerCase(), quoted?.replace(/\\(["\\])/g, '$1') ?? plain);
    end += whole.length;
  }
  if (!/^;?[ \t]*$/.test(text.slice(end))) throw new MalformedForm(`"${text}" is not a valid header.`);
  return { value: text.slice(0, start).trim().toLowerCase(), parameters };
}

/**
 * Returns the boundary of a form, from its Content-Type.
 * @throws {MalformedForm} if it has none that is valid (RFC 2046, section 5.1.1).
 */
export function boundaryOf(contentType: string): string {
  const boundary = parseHeader(contentType).parameters.get('boundary') ?? '';
  if (/^[\w'()+,./:=? -]{1,200}$/.test(boundary)) return boundary;
  throw new MalformedForm('The content type of the form has no boundary.');
}

/** Decodes what browsers encode in a name (https://html.spec.whatwg.org/#multipart-form-data). */
const decodeName = (text: string) => text.replace(/%(?:0a|0d|22)/gi, decodeURIComponent);

/** Decodes a value of the form `UTF-8''name` (RFC 8187). */
function decodeExtended(text: string): string {
  const [, encoded = ''] = /^utf-8'[^']*'(.*)$/i.exec(text) ?? [];
  try {
    return decodeURIComponent(encoded);
  } catch (cause) {
    throw new MalformedForm(`"${text}" is not percent-encoded UTF-8.`, { cause });
  }
}

/** Returns a file name without folders, because some clients send a path. */
function baseName(path: string): string {
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  return name === '.' || name === '..' ? '' : name;
}

function describePart(headers: string): Omit<Part, 'content'> {
  const byName = new Map<string, string>();
  for (const line of headers.replace(/\r\n(?=[ \t])/g, '').split('\r\n')) {
    if (line === '') continue;
    const colon = line.indexOf(':');
    if (colon < 1 || /[\r\n]/.test(line)) throw new MalformedForm('A part has a header that is not valid.');
    byName.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  const disposition = parseHeader(byName.get('content-disposition') ?? '');
  if (disposition.value !== 'form-data') throw new MalformedForm('A part is no field of a form.');
  const type = parseHeader(byName.get('content-type') ?? '');
  const filename = disposition.parameters.get('filename');
  const extended = disposition.parameters.get('filename*');
  const path = extended === undefined ? filename && decodeName(filename) : decodeExtended(extended);
  return {
    name: decodeName(disposition.parameters.get('name') ?? ''),
    filename: path === undefined ? undefined : baseName(path),
    type: type.value === '' ? 'text/plain' : type.value,
    charset: type.parameters.get('charset') ?? 'utf-8',
  };
}

/**
 * Returns the position of a delimiter, or of its beginning at the end of `bytes`; the end if there is neither. The cost
 * grows only with the length of `bytes`: a delimiter has no CR except its first byte, so no byte is compared twice.
 */
function findDelimiter(bytes: Uint8Array, delimiter: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length) {
    if (bytes[at] !== CR) {
      at++;
      continue;
    }
    let length = 1;
    while (length < delimiter.length && bytes[at + length] === delimiter[length]) length++;
    if (length === delimiter.length || at + length === bytes.length) return at;
    at += length;
  }
  return at;
}

/** True if an empty line follows the line that ends at `at`. */
const isBlankLine = (bytes: Uint8Array, at: number) =>
  bytes[at] === CR && bytes[at + 1] === LF && bytes[at + 2] === CR && bytes[at + 3] === LF;

/**
 * Parses a multipart form (RFC 7578) as it arrives. Content that the caller has not read when it asks for the next part
 * is skipped.
 * @param boundary the boundary of the form, from `boundaryOf`.
 * @throws {MalformedForm} for a body that is not a complete form, and for headers of a part that are not valid or
 *   exceed 16 KiB; the errors of `chunks`.
 */
export async function* partsOf(
  chunks: AsyncIterable<Uint8Array<ArrayBuffer>>,
  boundary: string,
): AsyncGenerator<Part> {
  const delimiter = encoder.encode(`\r\n--${boundary}`);
  const source = chunks[Symbol.asyncIterator]();
  // The first delimiter has no line break in front of it if there is no preamble.
  let bytes: Uint8Array<ArrayBuffer> = new Uint8Array([CR, LF]);
  let at = 0;
  let isInContent = true;

  async function fill(): Promise<void> {
    await nextSlice();
    const next = await source.next();
    if (next.done) throw new MalformedForm('The form has no end.');
    const chunk: Uint8Array<ArrayBuffer> = next.value;
    const unread = bytes.subarray(at);
    at = 0;
    if (unread.length === 0) {
      bytes = chunk;
      return;
    }
    bytes = new Uint8Array(unread.length + chunk.length);
    bytes.set(unread);
    bytes.set(chunk, unread.length);
  }

  async function* readContent(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    while (isInContent) {
      const start = at;
      const end = findDelimiter(bytes, delimiter, start);
      isInContent = end + delimiter.length > bytes.length;
      at = isInContent ? end : end + delimiter.length;
      if (end > start) yield bytes.subarray(start, end);
      if (isInContent) await fill();
    }
  }

  async function skipContent(): Promise<void> {
    for await (const _chunk of readContent());
  }

  /** Reads what follows a delimiter. @returns the headers of the part, or `null` if it was the last delimiter. */
  async function readHeaders(): Promise<string | null> {
    while (bytes.length - at < 2) await fill();
    if (bytes[at] === DASH && bytes[at + 1] === DASH) return null;
    let length = 0;
    while (!isBlankLine(bytes, at + length)) {
      if (at + length + 4 > bytes.length) await fill();
      else if (++length > MAX_HEADER_BYTES) throw new MalformedForm('The headers of a part are too long.');
    }
    const text = utf8.decode(bytes.subarray(at, at + length));
    at += length + 4;
    const [, headers] = /^[ \t]*\r\n([^]*)$/.exec(text) ?? [];
    if (headers === undefined) throw new MalformedForm('A delimiter is not a line of its own.');
    return headers;
  }

  try {
    await skipContent();
    for (let headers = await readHeaders(); headers !== null; headers = await readHeaders()) {
      isInContent = true;
      yield { ...describePart(headers), content: readContent() };
      await skipContent();
    }
    while (!(await source.next()).done);
  } finally {
    await source.return?.();
  }
}
