import { cimd } from '@better-auth/cimd';
import { mcp } from '@better-auth/mcp';
import { APIError } from 'better-auth/api';
import { z } from 'zod';
import { OauthScope, OFFLINE_ACCESS } from '#contract/oauth';
import type { Env } from '#server/env';
import { hashApiKey, newAccessToken } from '#server/people/api-key-form';
import { isBanned } from '#server/people/bans';
import type { AuthSecrets } from '#server/secrets/secrets';
import { withUsableRedirects } from './documents.ts';
import {
  ACCESS_TOKEN_PREFIX,
  CLIENT_SECRET_PREFIX,
  CONSENT_PAGE,
  type FetchMetadata,
  REFRESH_TOKEN_PREFIX,
  resourceOf,
} from './provider.ts';

const DAY_SECONDS = 24 * 60 * 60;
const Bans = z.object({ banned: z.boolean().nullish(), banExpires: z.date().nullish() });

/** What the plugins need besides settings. */
interface OauthOptions {
  /** The secrets by which tokens of this installation are recognized. */
  authSecrets: AuthSecrets;
  fetchMetadata: FetchMetadata;
}

/** Creates the parts of better-auth that make this server an OAuth 2.1 authorization server for its MCP endpoint. */
export function oauthPlugins(env: Env, { authSecrets, fetchMetadata }: OauthOptions) {
  const provider = mcp({
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
    generateOpaqueAccessToken: () => newAccessToken(authSecrets),
    accessTokenExpiresIn: 60 * 60,
    refreshTokenExpiresIn: 30 * DAY_SECONDS,
    // Secrets are hashes, also those that it gets (client-secret.ts). It registers none itself.
    storeClientSecret: {
      encrypt: (hash) => Promise.resolve(hash),
      decrypt: (hash) => Promise.resolve(hash),
    },
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
  });
  return [
    provider,
    cimd({
      fetchClientMetadataResource: withUsableRedirects(fetchMetadata),
      metadataProfile: 'mcp-2026-07-28',
    }),
  ];
}
