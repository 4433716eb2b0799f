import { randomBytes } from 'node:crypto';
import { hashApiKey } from '#server/people/api-key-form';
import { CLIENT_SECRET_PREFIX } from './provider.ts';

const BYTES = 32;
const BASIC = /^Basic +([\w+/=-]+)$/i;

/** Returns a new secret of a client. */
export const newClientSecret = (): string => CLIENT_SECRET_PREFIX + randomBytes(BYTES).toString('base64url');

/** Returns the hash that is stored instead of a secret. It has 256 random bits, like a key. */
export const hashClientSecret = (secret: string): string => hashApiKey(secret);

/** The credentials of a client in its request (RFC 6749, section 2.3.1). */
export interface SentCredentials {
  /** The body, a form. */
  form: string;
  authorization: string | null;
}

const basic = (id: string, secret: string): string => {
  const pair = `${id}:${CLIENT_SECRET_PREFIX}${hashClientSecret(secret)}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
};

/**
 * Replaces the secret of a client by its hash, which better-auth compares with the stored one. better-auth stores no
 * hashes without JWTs, and accepts only one of the two places for a secret, which a person who registers a client cannot
 * know. So a secret in the form is moved to the header.
 */
export function hashSentSecret({ form, authorization }: SentCredentials): SentCredentials {
  if (authorization !== null) {
    const [, encoded] = BASIC.exec(authorization) ?? [];
    const [id, ...secret] = Buffer.from(encoded ?? '', 'base64')
      .toString()
      .split(':');
    if (id === undefined || secret.length === 0) return { form, authorization };
    return { form, authorization: basic(id, decodeForm(secret.join(':'))) };
  }
  const fields = new URLSearchParams(form);
  const [secret, ...others] = fields.getAll('client_secret');
  const id = fields.get('client_id');
  if (secret === undefined || secret === '' || id === null || others.length > 0)
    return { form, authorization };
  fields.delete('client_secret');
  return { form: fields.toString(), authorization: basic(encodeURIComponent(id), secret) };
}

/** Decodes a part of the header, which is encoded like a value in a form. */
const decodeForm = (text: string): string => new URLSearchParams(`value=${text}`).get('value') ?? '';
