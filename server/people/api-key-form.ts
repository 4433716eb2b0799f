import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { PRODUCT } from '#contract/product';
import type { AuthSecrets } from '#server/secrets/secrets';

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

/** Returns if a text has a tag of this installation, by any of its secrets; `null` if it has another form. */
function isTagged(text: string, secrets: AuthSecrets, purpose: Purpose): boolean | null {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length !== RANDOM_BYTES + TAG_BYTES) return null;
  const [random, tag] = [bytes.subarray(0, RANDOM_BYTES), bytes.subarray(RANDOM_BYTES)];
  return secrets.some((secret) => timingSafeEqual(tagOf(random, secret, purpose), tag));
}

/**
 * Returns a new API key: random bytes and a tag that only this installation can compute. By the tag, most guesses are
 * recognized without a query.
 */
export const newApiKey = ([newest]: AuthSecrets): string => PRODUCT.keyPrefix + newTagged(newest, 'api-key');

/** Returns a new access token of OAuth, without its prefix. It has a tag like an API key. */
export const newAccessToken = ([newest]: AuthSecrets): string => newTagged(newest, 'access-token');

/** True if this installation created an access token, which is given without its prefix. */
export const isOwnAccessToken = (text: string, secrets: AuthSecrets): boolean =>
  TOKEN.test(text) && isTagged(text, secrets, 'access-token') === true;

/**
 * Returns `tagged` if this installation created the key, and `plain` if the text only has the form of a key (keys that
 * are older than the tag or than all secrets of AUTH_SECRET). Otherwise returns `null`.
 */
export function apiKeyForm(text: string, secrets: AuthSecrets): 'tagged' | 'plain' | null {
  const isOurs = isTagged(KEY.exec(text)?.[1] ?? '', secrets, 'api-key');
  return isOurs === null ? null : isOurs ? 'tagged' : 'plain';
}
