import { ByteReader, joinBytes } from './bytes.ts';
import { BrokenImage, type Image } from './image.ts';

/** The chunks that change how an image looks. All others, such as texts, times and Exif, are removed. */
const KEPT = new Set([
  ...['IHDR', 'PLTE', 'IDAT', 'IEND', 'tRNS', 'gAMA', 'cHRM', 'sRGB', 'iCCP', 'cICP', 'sBIT', 'bKGD', 'pHYs'],
  // Animations.
  ...['acTL', 'fcTL', 'fdAT'],
]);

const SIGNATURE_BYTES = 8;
/** The length, the type and the checksum around the data of a chunk. */
const FRAME_BYTES = 12;

/** Reads a PNG (https://www.w3.org/TR/png-3/). @throws {BrokenImage} */
export function readPng(bytes: Uint8Array): Image {
  const reader = new ByteReader(bytes);
  const kept = [reader.take(SIGNATURE_BYTES)];
  let size: { width: number; height: number } | undefined;
  let hasData = false;
  for (;;) {
    const length = reader.uint32(reader.at);
    const type = reader.text(reader.at + 4, 4);
    if (!size && (type !== 'IHDR' || length !== 13)) throw new BrokenImage('it does not begin with its size');
    size ??= { width: reader.uint32(reader.at + 8), height: reader.uint32(reader.at + 12) };
    hasData ||= type === 'IDAT';
    const chunk = reader.take(length + FRAME_BYTES);
    if (KEPT.has(type)) kept.push(chunk);
    if (type === 'IEND') break;
  }
  if (!hasData) throw new BrokenImage('it has no pixels');
  return { ...size, content: joinBytes(kept) };
}
