import { ByteReader, joinBytes } from './bytes.ts';
import { BrokenImage, type Image } from './image.ts';

const EXTENSION = 0x21;
const PICTURE = 0x2c;
const TRAILER = 0x3b;
/** The extensions that change how an image looks: the one before each picture, and of applications the repetition. */
const CONTROL = 0xf9;
const APPLICATION = 0xff;
const REPETITIONS = ['NETSCAPE2.0', 'ANIMEXTS1.0'];

/** Returns the bytes of a table of colours, by the byte that describes it. */
const colorBytes = (flags: number) => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);

/** Moves behind blocks of data, of which an empty one is the last. */
function skipBlocks(reader: ByteReader): void {
  for (let size = reader.uint8(reader.at); ; size = reader.uint8(reader.at)) {
    reader.take(size + 1);
    if (size === 0) return;
  }
}

/** Reads a GIF (https://www.w3.org/Graphics/GIF/spec-gif89a.txt). Comments are removed. @throws {BrokenImage} */
export function readGif(bytes: Uint8Array): Image {
  const reader = new ByteReader(bytes);
  let width = reader.uint16(6, true);
  let height = reader.uint16(8, true);
  const kept = [reader.take(13 + colorBytes(reader.uint8(10)))];
  let pictures = 0;
  for (;;) {
    const start = reader.at;
    const kind = reader.uint8(start);
    if (kind === TRAILER) break;
    if (kind === EXTENSION) {
      const label = reader.uint8(start + 1);
      const isRepetition = label === APPLICATION && REPETITIONS.includes(reader.text(start + 3, 11));
      reader.take(2);
      skipBlocks(reader);
      if (label === CONTROL || isRepetition) kept.push(bytes.subarray(start, reader.at));
      continue;
    }
    if (kind !== PICTURE) throw new BrokenImage('it has a block of an unknown kind');
    pictures++;
    width = Math.max(width, reader.uint16(start + 1, true) + reader.uint16(start + 5, true));
    height = Math.max(height, reader.uint16(start + 3, true) + reader.uint16(start + 7, true));
    // The description, its colours and the size of the codes.
    reader.take(10 + colorBytes(reader.uint8(start + 9)) + 1);
    skipBlocks(reader);
    kept.push(bytes.subarray(start, reader.at));
  }
  if (pictures === 0) throw new BrokenImage('it has no pixels');
  return { width, height, content: joinBytes([...kept, Uint8Array.of(TRAILER)]) };
}
