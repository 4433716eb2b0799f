import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { FINGERPRINT_LENGTH, type Key, type Keyring } from './keyring.ts';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** The beginning of ciphertexts that carry the id of their key. Earlier ones begin with `v1.` and carry none. */
const WITH_ID = 'v2.';

/** The length of the beginning that names the key of a ciphertext, in characters. */
export const KEY_PREFIX_LENGTH = WITH_ID.length + FINGERPRINT_LENGTH;

/** Returns the beginning of the ciphertexts of a key. */
export const keyPrefix = (id: string): string => WITH_ID + id;

/** Returns the id of the key that a ciphertext, or its beginning, names; `null` if it names none. */
export const keyIdIn = (beginning: string): string | null =>
  beginning.startsWith(WITH_ID) ? beginning.slice(WITH_ID.length, KEY_PREFIX_LENGTH) : null;

/**
 * Encrypts a text with AES-256-GCM (NIST SP 800-38D) and a random 96-bit nonce.
 * @param keys the first one encrypts.
 * @param boundTo the owner of the ciphertext. It decrypts only with the same value, so a row cannot be moved.
 * @returns `v2.`, the id of the key, `.`, and base64 of nonce, tag and ciphertext.
 */
export function encrypt([{ id, bytes }]: Keyring, text: string, boundTo: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, bytes, nonce, { authTagLength: TAG_BYTES }).setAAD(
    Buffer.from(boundTo),
  );
  const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return `${keyPrefix(id)}.${Buffer.concat([nonce, cipher.getAuthTag(), ciphertext]).toString('base64')}`;
}

function open({ bytes }: Key, payload: string, boundTo: string): string {
  const sealed = Buffer.from(payload, 'base64');
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv(ALGORITHM, bytes, nonce, { authTagLength: TAG_BYTES })
    .setAAD(Buffer.from(boundTo))
    .setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  const text = [decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()];
  return Buffer.concat(text).toString('utf8');
}

/** Decrypts with the key that fits. */
function openWithAny(keys: Keyring, payload: string, boundTo: string): string {
  let cause: unknown;
  for (const key of keys) {
    try {
      return open(key, payload, boundTo);
    } catch (error) {
      cause = error;
    }
  }
  throw new Error('No key fits the ciphertext.', { cause });
}

/**
 * Reverses `encrypt`.
 * @throws {Error} if its key is missing, `boundTo` differs, or the text was changed.
 */
export function decrypt(keys: Keyring, sealed: string, boundTo: string): string {
  const [version, ...rest] = sealed.split('.');
  const [idOrPayload, payload] = rest;
  if (version === 'v1' && idOrPayload !== undefined) return openWithAny(keys, idOrPayload, boundTo);
  if (version !== 'v2' || payload === undefined) throw new Error('The ciphertext has an unknown format.');
  const key = keys.find(({ id }) => id === idOrPayload);
  if (!key) throw new Error('The key of the ciphertext is missing.');
  return open(key, payload, boundTo);
}
