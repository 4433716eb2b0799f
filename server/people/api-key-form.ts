import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { PRODUCT } from '#contract/product';

const KEY = new RegExp(`^${PRODUCT.keyPrefix}([\\w-]{43})$`);
/** The form of an access token, without its prefix. */
const TOKEN = /^([\w-]{43})$/;
const RANDOM_BYTES = 24;
const TAG_BYTES = 8;

/** The purposes of tagged secrets, so that one of them is no other one. */
type Purpose = 'api-key' | 'access-token';

/**
 * Returns the hash of an API key, which is stored instead of the key. A key has 192 random bits, so a plain SHA-256
 * cannot be reversed by guessing. A slow password hash is not needed.
 */
export function hashApiKey(key: string): string {
  return createHash('sha256').update(key).digest('base64url');
}

const tagOf = (random: Uint8Array, secret: string, purpose: Purpose) =>
  createHmac('sha256', secret).update(`${purpose} `).update(random).digest().subarray(0, TAG_BYTES);

/** Returns random bytes and their tag. */
function newTagged(secret: string, purpose: Purpose): string {
  const random = randomBytes(RANDOM_BYTES);
  return Buffer.concat([random, tagOf(random, secret, purpose)]).toString('base64url');
}

/** Returns if a text has the tag of this installation; `null` if it has another form. */
function isTagged(text: string, secret: string, purpose: Purpose): boolean | null {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length !== RANDOM_BYTES + TAG_BYTES) return null;
  return timingSafeEqual(
    tagOf(bytes.subarray(0, RANDOM_BYTES), secret, purpose),
    bytes.subarray(RANDOM_BYTES),
  );
}

/**
 * Returns a new API key: random bytes and a tag that only this installation can compute. By the tag, most guesses are
 * recognized without a query.
 */
export const newApiKey = (secret: string): string => PRODUCT.keyPrefix + newTagged(secret, 'api-key');

/** Returns a new access token of OAuth, without its prefix. It has a tag like an API key. */
export const newAccessToken = (secret: string): string => newTagged(secret, 'access-token');

/** True if this installation created an access token, which is given without its prefix. */
export const isOwnAccessToken = (text: string, secret: string): boolean =>
  TOKEN.test(text) && isTagged(text, secret, 'access-token') === true;

/**
 * Returns `tagged` if this installation created the key, and `plain` if the text only has the form of a key (keys that
 * are older than the tag or than the current AUTH_SECRET). Otherwise returns `null`.
 */
export function apiKeyForm(text: string, secret: string): 'tagged' | 'plain' | null {
  const isOurs = isTagged(KEY.exec(text)?.[1] ?? '', secret, 'api-key');
  return isOurs === null ? null : isOurs ? 'tagged' : 'plain';
}
