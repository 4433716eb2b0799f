import { invalidInput } from '#layer/index';
import type { Env } from '#server/env';
import { BrokenImage } from './image.ts';
import { readImage } from './images.ts';
import { MAX_TEXT } from './limits.ts';
import { readPdf } from './pdf.ts';
import { fileName, type FileType, typeOf } from './type.ts';

/** Estimates of the tokens of an image, which providers scale down, and of a page of a PDF. */
const IMAGE_TOKENS = 1600;
const PAGE_TOKENS = 2000;
/** The tokens of the note about a file that a model cannot read. */
const NOTE_TOKENS = 50;
const BYTES_PER_TOKEN = 3;

/** A file as it is stored. */
interface Prepared {
  filename: string;
  mediaType: FileType;
  content: Uint8Array<ArrayBuffer>;
  /** The text that was read from a document; `null` for other files. */
  text: string | null;
  tokens: number;
  textTokens: number;
}

const rejected = (message: string) => invalidInput([{ pointer: '/file', message }]);

const tokensOf = (bytes: number) => Math.ceil(bytes / BYTES_PER_TOKEN) + NOTE_TOKENS;

/** Returns an image without its metadata. @throws {AppError} INVALID_INPUT */
function cleaned(env: Env, bytes: Uint8Array, mediaType: FileType): Uint8Array<ArrayBuffer> | null {
  try {
    const image = readImage(bytes, mediaType);
    if (!image) return null;
    const { width, height, content } = image;
    if (width === 0 || height === 0) throw rejected('is an image without pixels');
    if (width * height > env.MAX_IMAGE_PIXELS) {
      throw rejected(
        `is an image of ${width} × ${height} pixels; at most ${env.MAX_IMAGE_PIXELS} pixels are accepted`,
      );
    }
    return content;
  } catch (error) {
    if (error instanceof BrokenImage) throw rejected(`is not a complete image: ${error.message}`);
    throw error;
  }
}

/**
 * Reads an uploaded file: decides its type by its content, removes the metadata of images, and reads the text of a PDF.
 * @param userId whose documents are read one after the other.
 * @throws {AppError} INVALID_INPUT for a file that is empty, of another type or broken
 */
export async function prepare(
  env: Env,
  userId: string,
  file: Pick<File, 'name' | 'arrayBuffer'>,
): Promise<Prepared> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (bytes.length === 0) throw rejected('is empty');
  const mediaType = typeOf(bytes);
  if (mediaType === null) {
    throw rejected('must be a PNG, JPEG, GIF or WebP image, a PDF, or text in UTF-8');
  }
  const named = { filename: fileName(file.name, mediaType), mediaType };
  const image = cleaned(env, bytes, mediaType);
  if (image) return { ...named, content: image, text: null, tokens: IMAGE_TOKENS, textTokens: NOTE_TOKENS };
  if (mediaType === 'text/plain') {
    const tokens = tokensOf(Math.min(bytes.length, MAX_TEXT * BYTES_PER_TOKEN));
    return { ...named, content: bytes, text: null, tokens, textTokens: tokens };
  }
  const read = await readPdf(userId, bytes);
  const textTokens = tokensOf(Buffer.byteLength(read?.text ?? ''));
  const tokens = Math.max(textTokens, (read?.pages ?? 1) * PAGE_TOKENS);
  return { ...named, content: bytes, text: read?.text ?? '', tokens, textTokens };
}
