/** Reads bytes from the first to the last. A read beyond the end throws a RangeError. */
export class ByteReader {
  readonly #view: DataView;
  readonly #bytes: Uint8Array;
  /** The position of the next byte. */
  at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get length(): number {
    return this.#bytes.length;
  }

  uint8 = (at: number): number => this.#view.getUint8(at);
  uint16 = (at: number, isLittle = false): number => this.#view.getUint16(at, isLittle);
  uint32 = (at: number, isLittle = false): number => this.#view.getUint32(at, isLittle);

  /** Returns text of one byte per character. */
  text(at: number, length: number): string {
    this.#check(at + length);
    return Buffer.from(this.#bytes.subarray(at, at + length)).toString('latin1');
  }

  /** Returns the next bytes, and moves behind them. */
  take(length: number): Uint8Array {
    const start = this.at;
    this.#check(start + length);
    this.at = start + length;
    return this.#bytes.subarray(start, this.at);
  }

  #check(end: number): void {
    if (end > this.#bytes.length) throw new RangeError('The bytes end earlier.');
  }
}

/** Returns a number in bytes, the lowest first. */
export function littleEndian(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

/** Joins bytes. */
export function joinBytes(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}
