import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { PRODUCT } from '#contract/product';

const KEY = new RegExp(`^${PRODUCT.keyPrefix}([\\w-]{43})$`);
const RANDOM_BYTES = 24;
const TAG_BYTES = 8;

/**
 * Returns the hash of an API key, which is stored instead of the key. A key has 192 random bits, so a plain SHA-256
 * cannot be reversed by guessing. A slow password hash is not needed.
 */
export function hashApiKey(key: string): string {
  return createHash('sha256').update(key).digest('base64url');
}

const tagOf = (random: Uint8Array, secret: string) =>
  createHmac('sha256', secret).update('api-key ').update(random).digest().subarray(0, TAG_BYTES);

/**
 * Returns a new API key: random bytes and a tag that only this installation can compute. By the tag, most guesses are
 * recognized without a query.
 */
export function newApiKey(secret: string): string {
  const random = randomBytes(RANDOM_BYTES);
  return `${PRODUCT.keyPrefix}${Buffer.concat([random, tagOf(random, secret)]).toString('base64url')}`;
}

/**
 * Returns `tagged` if this installation created the key, and `plain` if the text only has the form of a key (keys that
 * are older than the tag or than the current AUTH_SECRET). Otherwise returns `null`.
 */
export function apiKeyForm(text: string, secret: string): 'tagged' | 'plain' | null {
  const bytes = Buffer.from(KEY.exec(text)?.[1] ?? '', 'base64url');
  if (bytes.length !== RANDOM_BYTES + TAG_BYTES) return null;
  const tag = tagOf(bytes.subarray(0, RANDOM_BYTES), secret);
  return timingSafeEqual(tag, bytes.subarray(RANDOM_BYTES)) ? 'tagged' : 'plain';
}
