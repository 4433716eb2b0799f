import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts a text with AES-256-GCM (NIST SP 800-38D) and a random 96-bit nonce.
 * @param key 32 bytes.
 * @param boundTo the owner of the ciphertext. It decrypts only with the same value, so a row cannot be moved.
 * @returns `v1.` and base64 of nonce, tag and ciphertext.
 */
export function encrypt(key: Buffer, text: string, boundTo: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES }).setAAD(
    Buffer.from(boundTo),
  );
  const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return `v1.${Buffer.concat([nonce, cipher.getAuthTag(), ciphertext]).toString('base64')}`;
}

/**
 * Reverses `encrypt`.
 * @throws {Error} if the key or `boundTo` differs, or the text was changed.
 */
export function decrypt(key: Buffer, sealed: string, boundTo: string): string {
  const [version, payload] = sealed.split('.');
  if (version !== 'v1' || payload === undefined) throw new Error('The ciphertext has an unknown format.');
  const bytes = Buffer.from(payload, 'base64');
  const nonce = bytes.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES })
    .setAAD(Buffer.from(boundTo))
    .setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]).toString(
    'utf8',
  );
}
