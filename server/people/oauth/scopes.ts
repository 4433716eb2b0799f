import { OauthScope } from '#contract/oauth';

const isScope = (scope: string): scope is OauthScope => OauthScope.safeParse(scope).success;

/** Returns the scopes of a client or token that are for procedures, without those of the protocol itself. */
export const knownScopes = (scopes: readonly string[]): OauthScope[] => scopes.filter(isScope);
