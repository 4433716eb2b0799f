import type { Hash } from './runtime.ts';

const BLOCK_BYTES = 64;
const LENGTH_BYTES = 8;

/** The first 32 bits of the fractional part of a number. */
const fraction = (value: number) => Math.floor((value - Math.floor(value)) * 2 ** 32);
const isPrime = (value: number) => {
  for (let divisor = 2; divisor * divisor <= value; divisor++) if (value % divisor === 0) return false;
  return true;
};
const PRIMES = Array.from({ length: 312 }, (_, i) => i)
  .slice(2)
  .filter(isPrime);
/** The constants of the rounds (FIPS 180-4, section 4.2.2), and the initial hash value (section 5.3.3). */
const ROUNDS = Uint32Array.from(PRIMES, (prime) => fraction(Math.cbrt(prime)));
const INITIAL = Uint32Array.from(PRIMES.slice(0, 8), (prime) => fraction(Math.sqrt(prime)));

/** The message schedule. A block is processed at once, so all hashes share it. */
const schedule = new Uint32Array(BLOCK_BYTES);
const encoder = new TextEncoder();

/** Processes one block (FIPS 180-4, section 6.2.2). */
function compressBlock(state: Uint32Array, data: DataView, at: number): void {
  const w = schedule;
  for (let i = 0; i < 16; i++) w[i] = data.getUint32(at + 4 * i);
  for (let i = 16; i < 64; i++) {
    const x = w[i - 15] ?? 0;
    const y = w[i - 2] ?? 0;
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    w[i] = (w[i - 16] ?? 0) + s0 + (w[i - 7] ?? 0) + s1;
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let i = 0; i < 64; i++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const first = (h + s1 + ((e & f) ^ (~e & g)) + (ROUNDS[i] ?? 0) + (w[i] ?? 0)) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const second = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  [a, b, c, d, e, f, g, h].forEach((word, i) => {
    state[i] = (state[i] ?? 0) + word;
  });
}

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array) =>
  new DataView(buffer, byteOffset, byteLength);

/** Returns bytes in base64url (RFC 4648, section 5), without padding. */
const base64url = (bytes: Uint8Array) =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

/**
 * Starts a SHA-256 hash (FIPS 180-4), for runtimes whose own hashes are asynchronous. Its speed is about 150 MB/s, a
 * tenth of Node's.
 */
export function createSha256(): Hash {
  const state = INITIAL.slice();
  let rest = new Uint8Array();
  let length = 0;

  function update(data: string | Uint8Array): void {
    let bytes = typeof data === 'string' ? encoder.encode(data) : data;
    length += bytes.byteLength;
    if (rest.byteLength > 0) {
      const joined = new Uint8Array(rest.byteLength + bytes.byteLength);
      joined.set(rest);
      joined.set(bytes, rest.byteLength);
      bytes = joined;
    }
    const view = viewOf(bytes);
    const end = bytes.byteLength - (bytes.byteLength % BLOCK_BYTES);
    for (let at = 0; at < end; at += BLOCK_BYTES) compressBlock(state, view, at);
    rest = bytes.slice(end);
  }

  function digest(): string {
    const bits = length * 8;
    const blocks = Math.ceil((rest.byteLength + 1 + LENGTH_BYTES) / BLOCK_BYTES);
    const padding = new Uint8Array(blocks * BLOCK_BYTES - rest.byteLength);
    padding[0] = 0x80;
    viewOf(padding).setBigUint64(padding.byteLength - LENGTH_BYTES, BigInt(bits));
    update(padding);
    const result = new Uint8Array(state.byteLength);
    state.forEach((word, i) => {
      viewOf(result).setUint32(4 * i, word);
    });
    return base64url(result);
  }

  return { update, digest };
}
