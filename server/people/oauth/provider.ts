import type { CimdOptions } from '@better-auth/cimd';
import { PRODUCT } from '#contract/product';
import { isLoopbackHost } from '#layer/index';
import type { Env } from '#server/env';

/** The beginnings of tokens. They tell a person and a scanner what they have found. */
export const ACCESS_TOKEN_PREFIX = `${PRODUCT.keyPrefix}at_`;
export const REFRESH_TOKEN_PREFIX = `${PRODUCT.keyPrefix}rt_`;
export const CLIENT_SECRET_PREFIX = `${PRODUCT.keyPrefix}cs_`;

/** The path of the page on which a person decides about a client. */
export const CONSENT_PAGE = '/connect';
/** The path of the MCP endpoint, the only resource that tokens are valid for. */
export const RESOURCE_PATH = '/api/mcp';

/** The path of better-auth, which is part of the issuer. */
export const AUTH_PATH = '/api/auth';
/** The scope of a client that asks for none. */
export const DEFAULT_SCOPE = 'read';

/** Returns the public origin of the server, which is part of the issuer and of the resource. */
export const publicOrigin = ({ APP_URL, PORT }: Pick<Env, 'APP_URL' | 'PORT'>): string =>
  new URL(APP_URL ?? `http://localhost:${PORT}`).origin;

/** Returns the identifier of the resource that tokens are valid for (RFC 8707): the URL of the MCP endpoint. */
export const resourceOf = (env: Pick<Env, 'APP_URL' | 'PORT'>): string => publicOrigin(env) + RESOURCE_PATH;

/** Returns the identifier of the authorization server (RFC 8414). */
export const issuerOf = (env: Pick<Env, 'APP_URL' | 'PORT'>): string => publicOrigin(env) + AUTH_PATH;

/** Fetches the metadata document of a client. It must not reach private networks. */
export type FetchMetadata = CimdOptions['fetchClientMetadataResource'];

/** True if clients can get access by OAuth: its URLs must have https, except on this computer (RFC 8252, RFC 9728). */
export function isOffered(env: Pick<Env, 'APP_URL' | 'PORT'>): boolean {
  const { protocol, host } = new URL(publicOrigin(env));
  return protocol === 'https:' || isLoopbackHost(host);
}
