import { z } from 'zod';
import { OauthScope } from '#contract/oauth';
import { PRODUCT } from '#contract/product';
import type { Surface } from '#layer/index';
import type { Deps } from '#server/compose';
import { AppError } from '#server/errors';
import type { Context } from '#server/people/context';
import { AUTH_PATH, issuerOf, publicOrigin, resourceOf } from './provider.ts';

/**
 * The fields of the authorization server's metadata (RFC 8414) that are true here. better-auth also names endpoints that
 * are closed, and DPoP, which the MCP endpoint does not check.
 */
const Metadata = z.object({
  issuer: z.string(),
  authorization_endpoint: z.string(),
  token_endpoint: z.string(),
  revocation_endpoint: z.string(),
  scopes_supported: z.array(z.string()),
  response_types_supported: z.array(z.string()),
  response_modes_supported: z.array(z.string()),
  grant_types_supported: z.array(z.string()),
  token_endpoint_auth_methods_supported: z.array(z.string()),
  revocation_endpoint_auth_methods_supported: z.array(z.string()),
  code_challenge_methods_supported: z.array(z.string()),
  authorization_response_iss_parameter_supported: z.boolean(),
  client_id_metadata_document_supported: z.boolean(),
});

/** The time for which a client may cache metadata, in seconds. */
const MAX_AGE = 300;

/** Returns the path of a well-known document about a URL with a path (RFC 8615, RFC 8414, RFC 9728). */
export const wellKnown = (name: string, path = ''): string => `/.well-known/${name}${path}`;

/** Sends a document to any page. */
const document = (read: (deps: Deps) => object | Promise<object>, deps: Deps): Surface<Context> =>
  async function surface(call) {
    if (call.method !== 'GET' && call.method !== 'HEAD') {
      throw new AppError('METHOD_NOT_ALLOWED', { headers: { allow: 'GET, HEAD' } });
    }
    await (await call.context()).admission.admitOne();
    return Response.json(await read(deps), { headers: { 'cache-control': `public, max-age=${MAX_AGE}` } });
  };

/** Serves the metadata of the authorization server (RFC 8414). */
export const authorizationServer = (deps: Deps): Surface<Context> =>
  document(async ({ oauth, env }) => {
    const url = publicOrigin(env) + wellKnown('oauth-authorization-server', AUTH_PATH);
    const { handler } = await oauth();
    return {
      ...Metadata.parse(await (await handler(new Request(url))).json()),
      ...(env.MCP_DYNAMIC_REGISTRATION && { registration_endpoint: `${issuerOf(env)}/oauth2/register` }),
    };
  }, deps);

/** Serves the metadata of the MCP endpoint as a protected resource (RFC 9728). */
export const protectedResource = (deps: Deps): Surface<Context> =>
  document(
    ({ env }) => ({
      resource: resourceOf(env),
      resource_name: PRODUCT.name,
      authorization_servers: [issuerOf(env)],
      scopes_supported: OauthScope.options,
      bearer_methods_supported: ['header'],
    }),
    deps,
  );
