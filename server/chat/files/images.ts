import { readGif } from './gif.ts';
import { BrokenImage, type Image } from './image.ts';
import { readJpeg } from './jpeg.ts';
import { readPng } from './png.ts';
import type { FileType } from './type.ts';
import { readWebp } from './webp.ts';

/** The readers of images, by type. They read the structure only, and decode no pixel. */
const READERS: Partial<Record<FileType, (bytes: Uint8Array) => Image>> = {
  'image/png': readPng,
  'image/jpeg': readJpeg,
  'image/gif': readGif,
  'image/webp': readWebp,
};

/**
 * Reads an image and removes its metadata, such as the place and the camera, and everything behind its end. The pixels
 * stay as they are (docs/decisions/0034-images-keep-their-pixels.md).
 * @returns `undefined` for a file of another type.
 * @throws {BrokenImage}
 */
export function readImage(bytes: Uint8Array, type: FileType): Image | undefined {
  try {
    return READERS[type]?.(bytes);
  } catch (cause) {
    // A read beyond the end of a DataView.
    if (cause instanceof RangeError) throw new BrokenImage('it is broken off', { cause });
    throw cause;
  }
}
