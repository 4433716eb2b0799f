import { cimd, type CimdOptions } from '@better-auth/cimd';
import { mcp } from '@better-auth/mcp';
import { APIError } from 'better-auth/api';
import { z } from 'zod';
import { OauthScope, OFFLINE_ACCESS } from '#contract/oauth';
import { PRODUCT } from '#contract/product';
import { isLoopbackHost } from '#layer/index';
import { newId } from '#server/db/columns';
import type { Env } from '#server/env';
import { hashApiKey, newAccessToken } from '#server/people/api-key-form';
import { isBanned } from '#server/people/bans';

const DAY_SECONDS = 24 * 60 * 60;
/** The beginnings of tokens. They tell a person and a scanner what they have found. */
export const ACCESS_TOKEN_PREFIX = `${PRODUCT.keyPrefix}at_`;
const REFRESH_TOKEN_PREFIX = `${PRODUCT.keyPrefix}rt_`;
const CLIENT_SECRET_PREFIX = `${PRODUCT.keyPrefix}cs_`;

/** The path of the page on which a person decides about a client. */
export const CONSENT_PAGE = '/connect';
/** The path of the MCP endpoint, the only resource that tokens are valid for. */
export const RESOURCE_PATH = '/api/mcp';

/** Returns the public origin of the server, which is part of the issuer and of the resource. */
export const publicOrigin = ({ APP_URL, PORT }: Pick<Env, 'APP_URL' | 'PORT'>): string =>
  new URL(APP_URL ?? `http://localhost:${PORT}`).origin;

/** Returns the identifier of the resource that tokens are valid for (RFC 8707): the URL of the MCP endpoint. */
export const resourceOf = (env: Pick<Env, 'APP_URL' | 'PORT'>): string => publicOrigin(env) + RESOURCE_PATH;

/** Fetches the metadata document of a client. It must not reach private networks. */
export type FetchMetadata = CimdOptions['fetchClientMetadataResource'];

const Bans = z.object({ banned: z.boolean().nullish(), banExpires: z.date().nullish() });

export interface OauthOptions {
  /** The secret by which tokens of this installation are recognized. */
  authSecret: string;
  fetchMetadata: FetchMetadata;
}

/** True if clients can get access by OAuth: its URLs must have https, except on this computer (RFC 8252, RFC 9728). */
export function isOffered(env: Pick<Env, 'APP_URL' | 'PORT'>): boolean {
  const { protocol, host } = new URL(publicOrigin(env));
  return protocol === 'https:' || isLoopbackHost(host);
}

/** Creates the parts of better-auth that make this server an OAuth 2.1 authorization server for its MCP endpoint. */
export function oauthPlugins(env: Env, { authSecret, fetchMetadata }: OauthOptions) {
  if (!isOffered(env)) return [];
  const { init, ...provider } = mcp({
    resource: resourceOf(env),
    // There is only this resource. After a change of the public URL, it is another one, for all clients.
    enforcePerClientResources: false,
    loginPage: '/sign-in',
    consentPage: CONSENT_PAGE,
    scopes: [...OauthScope.options, OFFLINE_ACCESS],
    grantTypes: ['authorization_code', 'refresh_token'],
    // Tokens are opaque, because a JWT cannot be revoked.
    disableJwtPlugin: true,
    prefix: {
      opaqueAccessToken: ACCESS_TOKEN_PREFIX,
      refreshToken: REFRESH_TOKEN_PREFIX,
      clientSecret: CLIENT_SECRET_PREFIX,
    },
    storeTokens: { hash: (token) => Promise.resolve(hashApiKey(token)) },
    generateOpaqueAccessToken: () => newAccessToken(authSecret),
    accessTokenExpiresIn: 60 * 60,
    refreshTokenExpiresIn: 30 * DAY_SECONDS,
    allowDynamicClientRegistration: env.MCP_DYNAMIC_REGISTRATION,
    allowUnauthenticatedClientRegistration: env.MCP_DYNAMIC_REGISTRATION,
    // Called before tokens are stored, for a code and for a refresh token.
    customTokenResponseFields({ user }) {
      if (isBanned(Bans.parse(user ?? {}))) {
        throw new APIError('BAD_REQUEST', {
          error: 'invalid_grant',
          error_description: 'The account is banned.',
        });
      }
      return Promise.resolve({});
    },
    generateClientId: newId,
  });
  return [
    // Without the hooks that end the tokens of a session when its person signs out of the browser.
    {
      ...provider,
      async init(context: Parameters<typeof init>[0]) {
        await init(context);
      },
    },
    cimd({ fetchClientMetadataResource: fetchMetadata, metadataProfile: 'mcp-2026-07-28' }),
  ];
}
