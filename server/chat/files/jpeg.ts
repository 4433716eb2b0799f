import { ByteReader, joinBytes } from './bytes.ts';
import { BrokenImage, type Image } from './image.ts';

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const APP0 = 0xe0;
const APP1 = 0xe1;
const APP2 = 0xe2;
const APP14 = 0xee;
const COMMENT = 0xfe;

/** True for the markers of a frame, which has the size of the image. */
const isFrame = (marker: number) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
/** True for the segments of applications and comments. */
const isExtra = (marker: number) => (marker >= APP0 && marker <= 0xef) || marker === COMMENT;
/** True for markers without content. */
const isBare = (marker: number) => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7);

/** The tag of Exif that says how to turn the image. */
const ORIENTATION = 0x0112;

/** Reads how to turn the image from a segment with Exif, which begins at `at`; 1 if it says nothing valid. */
function orientationOf(segment: Uint8Array): number {
  const start = 10;
  const tiff = new ByteReader(segment.subarray(start));
  try {
    const isLittle = tiff.text(0, 2) === 'II';
    const first = tiff.uint32(4, isLittle);
    const count = tiff.uint16(first, isLittle);
    for (let entry = 0; entry < count; entry++) {
      const at = first + 2 + entry * 12;
      if (tiff.uint16(at, isLittle) !== ORIENTATION) continue;
      const value = tiff.uint16(at + 8, isLittle);
      return value >= 1 && value <= 8 ? value : 1;
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return 1;
}

/** Returns a segment with Exif that only says how to turn the image. */
const orientationSegment = (orientation: number) =>
  Uint8Array.from([
    ...[0xff, APP1, 0, 34, ...Buffer.from('Exif\0\0'), ...Buffer.from('MM\0*'), 0, 0, 0, 8],
    ...[0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0],
  ]);

/** Returns what is kept of a segment of an application: what changes how the image looks. */
function keptOf(marker: number, segment: Uint8Array): Uint8Array | null {
  const name = Buffer.from(segment.subarray(4, 16)).toString('latin1');
  // Without the small picture that may follow.
  if (marker === APP0 && name.startsWith('JFIF\0')) {
    return segment.length < 18
      ? null
      : joinBytes([Uint8Array.of(0xff, APP0, 0, 16), segment.subarray(4, 16), Uint8Array.of(0, 0)]);
  }
  if (marker === APP2 && name === 'ICC_PROFILE\0') return segment;
  if (marker === APP14 && name.startsWith('Adobe')) return segment;
  return null;
}

/** Returns the position of the marker that ends the coded pixels. */
function endOfScan(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at !== -1; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1];
    if (next === undefined) break;
    if (next !== 0 && next !== 0xff && !isBare(next)) return at;
  }
  throw new BrokenImage('it is broken off');
}

/** Reads a JPEG (ITU-T T.81). Of its Exif, only the orientation is kept. @throws {BrokenImage} */
export function readJpeg(bytes: Uint8Array): Image {
  const reader = new ByteReader(bytes);
  const kept: Uint8Array[] = [];
  let size: { width: number; height: number } | undefined;
  let orientation = 1;
  reader.at = 2;
  for (;;) {
    if (reader.uint8(reader.at) !== 0xff) throw new BrokenImage('it has no marker where one must be');
    const marker = reader.uint8(reader.at + 1);
    if (marker === 0xff) {
      reader.at++;
      continue;
    }
    if (marker === EOI) break;
    if (marker === SOI) throw new BrokenImage('it begins twice');
    if (isBare(marker)) {
      reader.at += 2;
      continue;
    }
    if (isFrame(marker)) {
      size ??= { height: reader.uint16(reader.at + 5), width: reader.uint16(reader.at + 7) };
    }
    const segment = reader.take(2 + Math.max(reader.uint16(reader.at + 2), 2));
    if (isExtra(marker)) {
      const isExif =
        marker === APP1 && Buffer.from(segment.subarray(4, 10)).toString('latin1') === 'Exif\0\0';
      if (isExif) orientation = orientationOf(segment);
      const part = keptOf(marker, segment);
      if (part) kept.push(part);
    } else kept.push(segment);
    if (marker === SOS) kept.push(reader.take(endOfScan(bytes, reader.at) - reader.at));
  }
  if (!size) throw new BrokenImage('it has no pixels');
  const turned = orientation === 1 ? [] : [orientationSegment(orientation)];
  const content = joinBytes([Uint8Array.of(0xff, SOI), ...turned, ...kept, Uint8Array.of(0xff, EOI)]);
  return { ...size, content };
}
