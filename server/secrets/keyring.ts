import { createHmac } from 'node:crypto';
import type { NonEmpty } from '#server/settings/secrets';

/** The name of a setting with secrets. */
export type SecretName = 'AUTH_SECRET' | 'ENCRYPTION_KEY';

/** The length of a fingerprint, in characters. */
export const FINGERPRINT_LENGTH = 16;

/**
 * Returns a fingerprint by which a secret can be recognized, and from which it cannot be computed: 16 hexadecimal
 * digits.
 */
export const fingerprintOf = (name: SecretName, secret: string | Buffer): string =>
  createHmac('sha256', secret).update(`fingerprint of ${name}`).digest('hex').slice(0, FINGERPRINT_LENGTH);

/** A key of 32 bytes. Its id is its fingerprint, which its ciphertexts carry. */
export interface Key {
  id: string;
  bytes: Buffer;
}

/** Keys, newest first: the first one encrypts, and each of them decrypts. */
export type Keyring = NonEmpty<Key>;

function keyFrom(base64: string): Key {
  const bytes = Buffer.from(base64, 'base64');
  return { id: fingerprintOf('ENCRYPTION_KEY', bytes), bytes };
}

/** Creates a keyring from keys in base64. */
export function keyringFrom([first, ...older]: NonEmpty<string>): Keyring {
  return [keyFrom(first), ...older.map(keyFrom)];
}
