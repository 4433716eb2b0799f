import { z } from 'zod';

/** A list with at least one entry. */
export type NonEmpty<T> = readonly [T, ...T[]];

/** The longest list of secrets. Each one costs a little time for every unknown cookie. */
const MAX_SECRETS = 10;

/** A secret that signs. */
export const AuthSecret = z.string().min(32, 'must have at least 32 characters (commas separate secrets)');
/** A key that encrypts: 32 bytes in base64. */
export const EncryptionKey = z
  .string()
  .regex(/^[A-Za-z0-9+/]{43}=$/, 'must be 32 bytes in base64 (openssl rand -base64 32)');

const isDistinct = (list: readonly string[]) => new Set(list).size === list.length;

/** One or more secrets, newest first. */
const listOf = (secret: z.ZodString) =>
  z
    .tuple([secret], secret)
    .refine(isDistinct, 'must not have the same secret twice')
    .refine((list) => list.length <= MAX_SECRETS, `must not have more than ${MAX_SECRETS} secrets`);

/** Splits a list. A text without a comma is one secret, unchanged. */
const split = (text: string): string[] =>
  text.includes(',') ? text.split(',').map((part) => part.trim()) : [text];

/** One or more secrets in a setting, newest first, separated by commas. */
export const secretList = (secret: z.ZodString) => z.string().transform(split).pipe(listOf(secret));

/** One or more secrets in JSON, newest first: a text is one secret, an array is a list. */
export const jsonSecrets = (secret: z.ZodString) =>
  z
    .union([secret, listOf(secret)])
    .transform((given): NonEmpty<string> => (typeof given === 'string' ? [given] : given));
