import { type SQL, sql } from 'drizzle-orm';
import { boundTo as boundToIdempotencyKey } from '#server/stores/idempotency';
import { boundTo as boundToProvider } from './provider-keys.ts';

/** A column with ciphertexts. Its rows are identified by their account and a name. */
export interface SealedColumn {
  /** One of its values, in messages. */
  what: string;
  table: SQL;
  /** The column with the name. */
  name: SQL;
  /** The column with the ciphertext; `null` in it has no meaning here. */
  value: SQL;
  /** Returns what a ciphertext is bound to. */
  boundTo: (userId: string, name: string) => string;
}

/** All columns with ciphertexts. A new one belongs here, so that it is re-encrypted. */
export const SEALED: readonly SealedColumn[] = [
  {
    what: 'provider key',
    table: sql.raw('provider_keys'),
    name: sql.raw('provider'),
    value: sql.raw('ciphertext'),
    boundTo: boundToProvider,
  },
  {
    what: 'stored response',
    table: sql.raw('idempotency_keys'),
    name: sql.raw('key'),
    value: sql.raw('answer'),
    boundTo: (userId, key) => boundToIdempotencyKey({ userId, key }),
  },
];

/** Returns a number of values, such as `2 provider keys`. */
export const amount = (count: number, { what }: Pick<SealedColumn, 'what'>): string =>
  `${count} ${what}${count === 1 ? '' : 's'}`;
