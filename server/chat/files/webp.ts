import { ByteReader, joinBytes, littleEndian } from './bytes.ts';
import { BrokenImage, type Image } from './image.ts';

/** The chunks that change how an image looks. All others, such as Exif and XMP, are removed. */
const KEPT = new Set(['VP8 ', 'VP8L', 'VP8X', 'ALPH', 'ANIM', 'ANMF', 'ICCP']);
/** The flags of VP8X that announce Exif and XMP. */
const METADATA_FLAGS = 0x0c;
/** `RIFF`, the size of the rest, and `WEBP`. */
const HEADER_BYTES = 12;

/** Returns the size of an image from a chunk that has it. */
function sizeOf(type: string, chunk: Uint8Array): { width: number; height: number } | undefined {
  const data = new ByteReader(chunk.subarray(8));
  if (type === 'VP8X') {
    return { width: (data.uint32(4, true) & 0xffffff) + 1, height: (data.uint32(6, true) >>> 8) + 1 };
  }
  if (type === 'VP8L') {
    const bits = data.uint32(1, true);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  if (type !== 'VP8 ') return undefined;
  return { width: data.uint16(6, true) & 0x3fff, height: data.uint16(8, true) & 0x3fff };
}

/** Returns a VP8X chunk that announces no metadata. */
function withoutFlags(chunk: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(chunk);
  copy.set([(chunk[8] ?? 0) & ~METADATA_FLAGS], 8);
  return copy;
}

/** Reads a WebP (RFC 9649). @throws {BrokenImage} */
export function readWebp(bytes: Uint8Array): Image {
  const end = new ByteReader(bytes).uint32(4, true) + 8;
  if (end > bytes.length) throw new BrokenImage('it is broken off');
  const reader = new ByteReader(bytes.subarray(0, end));
  reader.take(HEADER_BYTES);
  const kept: Uint8Array[] = [];
  let size: { width: number; height: number } | undefined;
  while (reader.at < end) {
    const type = reader.text(reader.at, 4);
    const length = reader.uint32(reader.at + 4, true);
    // A chunk of an odd length is followed by a byte without meaning.
    const chunk = reader.take(8 + length + (length % 2));
    const found = sizeOf(type, chunk);
    if (found) {
      // The canvas and a picture on it can contradict each other.
      size = {
        width: Math.max(found.width, size?.width ?? 0),
        height: Math.max(found.height, size?.height ?? 0),
      };
    }
    if (KEPT.has(type)) kept.push(type === 'VP8X' ? withoutFlags(chunk) : chunk);
  }
  if (!size) throw new BrokenImage('it has no pixels');
  const body = joinBytes([Buffer.from('WEBP'), ...kept]);
  return { ...size, content: joinBytes([Buffer.from('RIFF'), littleEndian(body.length), body]) };
}
