import { and, not } from 'drizzle-orm';
import { z } from 'zod';
import { RedirectUri } from '#contract/oauth';
import type { Db } from '#server/db/database';
import { oauthClients } from '#server/db/schema/index';
import { AppError } from '#server/errors';
import { isOld, isUnused } from './clients.ts';
import { newClient } from './registered-clients.ts';

/** The number of registered clients without a consent, beyond which no other can register. */
const MAX_UNUSED = 1000;

/** The metadata of a client that is used here. Other fields are ignored (RFC 7591, section 2). */
const Metadata = z.object({
  client_name: z.string().max(1000).optional(),
  redirect_uris: z.array(RedirectUri).min(1).max(20),
  token_endpoint_auth_method: z
    .enum(['none', 'client_secret_basic', 'client_secret_post'])
    .default('client_secret_basic'),
  grant_types: z
    .array(z.string())
    .default(['authorization_code'])
    .refine((types) => types.includes('authorization_code'), 'must include authorization_code'),
  response_types: z
    .array(z.string())
    .default(['code'])
    .refine((types) => types.includes('code'), 'must include code'),
});

/** Checks that another client can register itself. @throws {AppError} SERVICE_UNAVAILABLE */
async function requireRoom({ db }: { db: Db }): Promise<void> {
  const [last] = await db
    .select({ id: oauthClients.id })
    .from(oauthClients)
    .where(and(isUnused, not(isOld)))
    .offset(MAX_UNUSED - 1)
    .limit(1);
  if (!last) return;
  throw new AppError('SERVICE_UNAVAILABLE', {
    detail: 'Too many clients have registered and are not used. Try again tomorrow.',
    retryAfter: 3600,
  });
}

/** An error of a registration (RFC 7591, section 3.2.2). */
export interface RegistrationError {
  error: 'invalid_redirect_uri' | 'invalid_client_metadata';
  error_description: string;
}

function errorOf({ issues: [issue] }: z.ZodError): RegistrationError {
  const { path = [], message = 'invalid' } = issue ?? {};
  const field = path.join('.');
  return {
    error: path[0] === 'redirect_uris' ? 'invalid_redirect_uri' : 'invalid_client_metadata',
    error_description: `${field === '' ? 'The metadata' : field} ${message}`,
  };
}

/**
 * Registers a client that nobody has registered (RFC 7591).
 * @returns the registered metadata, with the secret, or what is wrong with the given one.
 * @throws {AppError} SERVICE_UNAVAILABLE if there are too many that are not used.
 */
export async function registerItself(deps: { db: Db }, metadata: unknown) {
  await requireRoom(deps);
  const input = Metadata.safeParse(metadata);
  if (!input.success) return errorOf(input.error);
  const { client_name, redirect_uris, token_endpoint_auth_method } = input.data;
  const { row, secret } = newClient(token_endpoint_auth_method !== 'none');
  await deps.db.insert(oauthClients).values({ ...row, name: client_name, redirectUris: redirect_uris });
  return {
    client_id: row.clientId,
    client_id_issued_at: Math.floor(Date.now() / 1000),
    client_name,
    redirect_uris,
    token_endpoint_auth_method,
    grant_types: row.grantTypes,
    response_types: row.responseTypes,
    application_type: row.applicationType,
    scope: row.scopes.join(' '),
    ...(secret !== null && { client_secret: secret, client_secret_expires_at: 0 }),
  };
}
