import {
  type AnyPgColumn,
  boolean,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  unique,
} from 'drizzle-orm/pg-core';
import { createdAt, id, instant, updatedAt } from '#server/db/columns';
import { owner, users } from './accounts.ts';

/* The tables of the OAuth provider, with the columns that @better-auth/oauth-provider reads and writes. */

/** Programs that may ask for access: registered by a person, by themselves, or by their metadata document. */
export const oauthClients = pgTable(
  'oauth_clients',
  {
    id: id(),
    /** The id that the client sends. For a metadata document, it is its URL. */
    clientId: text().notNull().unique(),
    /** The hash of the secret; `null` for a client that cannot keep one. */
    clientSecret: text(),
    /** Set if the client is known by its metadata document. */
    clientDiscoveryId: text(),
    disabled: boolean().notNull().default(false),
    skipConsent: boolean(),
    enableEndSession: boolean(),
    subjectType: text(),
    scopes: text().array(),
    clientCredentialsScopes: text().array(),
    /** The account that registered it; `null` if the client registered itself. */
    userId: text().references(() => users.id, { onDelete: 'cascade' }),
    name: text(),
    uri: text(),
    icon: text(),
    contacts: text().array(),
    tos: text(),
    policy: text(),
    softwareId: text(),
    softwareVersion: text(),
    softwareStatement: text(),
    redirectUris: text().array().notNull(),
    postLogoutRedirectUris: text().array(),
    backchannelLogoutUri: text(),
    backchannelLogoutSessionRequired: boolean(),
    tokenEndpointAuthMethod: text(),
    applicationType: text(),
    jwks: text(),
    jwksUri: text(),
    grantTypes: text().array(),
    responseTypes: text().array(),
    requirePKCE: boolean(),
    dpopBoundAccessTokens: boolean(),
    referenceId: text(),
    metadata: jsonb(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [
    index('oauth_clients_user_idx').on(table.userId),
    index('oauth_clients_updated_idx').on(table.updatedAt),
  ],
);

/** The protected resources: only our own endpoint, under each URL that it has had. */
export const oauthResources = pgTable('oauth_resources', {
  id: id(),
  /** The URL that clients send as `resource` (RFC 8707). */
  identifier: text().notNull().unique(),
  name: text().notNull(),
  accessTokenTtl: integer(),
  refreshTokenTtl: integer(),
  signingAlgorithm: text(),
  signingKeyId: text(),
  allowedScopes: text().array(),
  customClaims: jsonb(),
  dpopBoundAccessTokensRequired: boolean(),
  disabled: boolean(),
  policyVersion: integer(),
  metadata: jsonb(),
  createdAt: createdAt(),
  updatedAt: updatedAt(),
});

/** The resources that each client may ask for. */
export const oauthClientResources = pgTable(
  'oauth_client_resources',
  {
    id: id(),
    clientId: client(),
    resourceId: text()
      .notNull()
      .references(() => oauthResources.identifier, { onDelete: 'cascade' }),
    metadata: jsonb(),
    createdAt: createdAt(),
  },
  (table) => [
    unique('oauth_client_resources_key').on(table.clientId, table.resourceId),
    index('oauth_client_resources_resource_idx').on(table.resourceId),
  ],
);

/** The consent of a person: what a client may do for them. All of its tokens end with it. */
export const oauthConsents = pgTable(
  'oauth_consents',
  {
    id: id(),
    clientId: client(),
    userId: owner(),
    referenceId: text(),
    resources: text().array(),
    requestedUserInfoClaims: text().array(),
    scopes: text().array().notNull(),
    /** Updated at most once a minute. */
    lastUsedAt: instant(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [
    unique('oauth_consents_key').on(table.clientId, table.userId),
    index('oauth_consents_user_idx').on(table.userId, table.id),
  ],
);

/** The columns of both kinds of tokens. Only the hash of a token is stored. */
const tokenColumns = () => ({
  id: id(),
  token: text().notNull().unique(),
  clientId: text().notNull(),
  userId: text().notNull(),
  /** The session in which the person consented. Signing out does not end the token. */
  sessionId: text(),
  referenceId: text(),
  authorizationCodeId: text(),
  resources: text().array(),
  requestedUserInfoClaims: text().array(),
  scopes: text().array().notNull(),
  confirmation: jsonb(),
  expiresAt: instant().notNull(),
  revoked: instant(),
  createdAt: createdAt(),
});

export const oauthRefreshTokens = pgTable(
  'oauth_refresh_tokens',
  {
    ...tokenColumns(),
    rotatedAt: instant(),
    rotationReplayResponse: text(),
    rotationReplayExpiresAt: instant(),
    authTime: instant(),
  },
  (table) => [
    consented('oauth_refresh_tokens_consent_fk', table),
    index('oauth_refresh_tokens_consent_idx').on(table.userId, table.clientId),
    index('oauth_refresh_tokens_code_idx').on(table.authorizationCodeId),
    index('oauth_refresh_tokens_expired_idx').on(table.expiresAt),
  ],
);

export const oauthAccessTokens = pgTable(
  'oauth_access_tokens',
  {
    ...tokenColumns(),
    refreshId: text().references(() => oauthRefreshTokens.id, { onDelete: 'cascade' }),
  },
  (table) => [
    consented('oauth_access_tokens_consent_fk', table),
    index('oauth_access_tokens_consent_idx').on(table.userId, table.clientId),
    index('oauth_access_tokens_refresh_idx').on(table.refreshId),
    index('oauth_access_tokens_code_idx').on(table.authorizationCodeId),
    index('oauth_access_tokens_expired_idx').on(table.expiresAt),
  ],
);

/** The ids of client assertions that were used, so that none is used twice (RFC 7523). */
export const oauthClientAssertions = pgTable(
  'oauth_client_assertions',
  { id: id(), expiresAt: instant().notNull() },
  (table) => [index('oauth_client_assertions_expired_idx').on(table.expiresAt)],
);

/** The client of a row. Deleting the client deletes the row. */
function client() {
  return text()
    .notNull()
    .references(() => oauthClients.clientId, { onDelete: 'cascade' });
}

/** The foreign key to the consent of a token. A token without a consent cannot be stored. */
function consented(name: string, { clientId, userId }: { clientId: AnyPgColumn; userId: AnyPgColumn }) {
  return foreignKey({
    name,
    columns: [clientId, userId],
    foreignColumns: [oauthConsents.clientId, oauthConsents.userId],
  }).onDelete('cascade');
}
