import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const KEY = /^sb_([\w-]{43})$/;
const RANDOM_BYTES = 24;
const TAG_BYTES = 8;

/**
 * What is stored of an API key. A key has 192 random bits, so a plain SHA-256 cannot be reversed by guessing,
 * which is what slow password hashes are for.
 */
export function hashApiKey(key: string): string {
  return createHash('sha256').update(key).digest('base64url');
}

const tagOf = (random: Uint8Array, secret: string) =>
  createHmac('sha256', secret).update('api-key ').update(random).digest().subarray(0, TAG_BYTES);

/**
 * Returns a new API key: random bytes and a tag that only this installation can compute, so that guesses are told from keys
 * without asking the database.
 */
export function newApiKey(secret: string): string {
  const random = randomBytes(RANDOM_BYTES);
  return `sb_${Buffer.concat([random, tagOf(random, secret)]).toString('base64url')}`;
}

/**
 * Returns whether a text can be an API key: `tagged` if this installation has created it, `plain` if it has the form of one,
 * as keys that are older than the tag or than the present AUTH_SECRET have; else `null`.
 */
export function apiKeyForm(text: string, secret: string): 'tagged' | 'plain' | null {
  const bytes = Buffer.from(KEY.exec(text)?.[1] ?? '', 'base64url');
  if (bytes.length !== RANDOM_BYTES + TAG_BYTES) return null;
  const tag = tagOf(bytes.subarray(0, RANDOM_BYTES), secret);
  return timingSafeEqual(tag, bytes.subarray(RANDOM_BYTES)) ? 'tagged' : 'plain';
}
