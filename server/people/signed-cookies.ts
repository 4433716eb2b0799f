import { createHmac, timingSafeEqual } from 'node:crypto';
import type { AuthSecrets } from '#server/secrets/secrets';

/** Returns the value of a cookie, unchanged from the Cookie header (RFC 6265, section 4.2.1). */
export function cookieValue(header: string, name: string): string | undefined {
  for (const pair of header.split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}

const signatureOf = (secret: string, value: string) => createHmac('sha256', secret).update(value).digest();

/** Returns the secret that signed a value; `undefined` if none did. */
export function signerOf(value: string, signature: Buffer, secrets: AuthSecrets): string | undefined {
  return secrets.find((secret) => {
    const ours = signatureOf(secret, value);
    return signature.length === ours.length && timingSafeEqual(signature, ours);
  });
}

/** Returns the signature of a value in base64. */
export const sign = (secret: string, value: string): string => signatureOf(secret, value).toString('base64');

/**
 * Reads a signed cookie. better-auth signs with HMAC-SHA-256, appends the signature in base64 after a dot (better-call,
 * context.mjs), and percent-encodes the result.
 * @returns `null` if the signature is not ours.
 */
function readSigned(cookie: string, secrets: AuthSecrets): { value: string; signer: string } | null {
  let text: string;
  try {
    text = decodeURIComponent(cookie.replace(/^"(.*)"$/, '$1'));
  } catch {
    return null;
  }
  const dot = text.lastIndexOf('.');
  if (dot < 1) return null;
  const value = text.slice(0, dot);
  const signer = signerOf(value, Buffer.from(text.slice(dot + 1), 'base64'), secrets);
  return signer === undefined ? null : { value, signer };
}

/** Returns the value of a signed cookie, or `null` if none of the secrets signed it. */
export const signedValue = (cookie: string, secrets: AuthSecrets): string | null =>
  readSigned(cookie, secrets)?.value ?? null;

/**
 * Replaces the signatures of older secrets in a Cookie header by those of the newest one, the only one whose signatures
 * better-auth accepts. Its option `secrets` is for encryption only.
 */
export function resignCookies(headers: Headers, secrets: AuthSecrets): void {
  const header = headers.get('cookie');
  if (header === null || secrets.length === 1) return;
  const [newest] = secrets;
  const pairs = header.split(';').map((pair) => {
    const at = pair.indexOf('=');
    const signed = readSigned(pair.slice(at + 1).trim(), secrets);
    if (!signed || signed.signer === newest) return pair;
    const { value } = signed;
    return `${pair.slice(0, at)}=${encodeURIComponent(`${value}.${sign(newest, value)}`)}`;
  });
  headers.set('cookie', pairs.join(';'));
}
