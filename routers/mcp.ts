import { type McpOptions, mcp as mcpOf } from '#layer/mcp/index';
import { andThen, type CalledProcedure, type MountFactory } from '#layer/index';
import { PRODUCT } from '#contract/product';
import { acceptsPrograms, admissionRule, DENIALS, denialOf, scopeFor } from '#server/access';
import { AppError } from '#server/errors';
import { challengeTo, requireActor } from '#server/people/authenticator';
import type { Context } from '#server/people/context';
import { wellKnown } from '#server/people/oauth/metadata';
import { DEFAULT_SCOPE, isOffered, publicOrigin, RESOURCE_PATH } from '#server/people/oauth/provider';
import { documentInfo } from './document.ts';
import { prompts, resources } from './mcp-documents.ts';

const INSTRUCTIONS = `${PRODUCT.name} stores chats, whose answers the server writes in the background. chat_ask asks a question and
waits for the answer. If its status is "streaming", call chat_answer with the runId to wait again. chat_stop ends it.`;

/** Returns the URL from which a client finds out how to get access by OAuth (RFC 9728). */
const metadataOf = ({ deps: { env } }: Context): string =>
  publicOrigin(env) + wellKnown('oauth-protected-resource', RESOURCE_PATH);

/**
 * Checks that a connected program has the scope for what it asks for, before it gets that. The client can then ask its
 * person for more (RFC 6750, section 3.1).
 * @throws {AppError} FORBIDDEN
 */
async function requireScope(context: Context, { name, procedure }: CalledProcedure): Promise<void> {
  const actor = await context.authenticate();
  const { type } = procedure._def;
  const rule = admissionRule(name, procedure);
  if (actor?.via.kind !== 'oauth' || denialOf(rule, type, actor) !== 'scope') return;
  const scope = [...new Set([...actor.via.scopes, scopeFor(type)])].join(' ');
  const challenge = challengeTo({
    error: 'insufficient_scope',
    scope,
    resource_metadata: metadataOf(context),
  });
  throw new AppError('FORBIDDEN', { detail: DENIALS.scope, headers: { 'www-authenticate': challenge } });
}

const options: McpOptions<Context> = {
  name: PRODUCT.slug,
  title: PRODUCT.name,
  version: documentInfo.version,
  instructions: INSTRUCTIONS,
  authenticate: async (call) => {
    const context = await call.context();
    await requireActor(context, () =>
      isOffered(context.deps.env) ? { resource_metadata: metadataOf(context), scope: DEFAULT_SCOPE } : {},
    );
  },
  offers: ({ name, procedure }) => acceptsPrograms(admissionRule(name, procedure).access),
  permits: ({ authenticate }) =>
    andThen(authenticate(), (actor) => ({ name, procedure }) => {
      const rule = admissionRule(name, procedure);
      return actor !== null && denialOf(rule, procedure._def.type, actor) === null;
    }),
  authorize: requireScope,
  resources,
  prompts,
};

/**
 * Serves the Model Context Protocol. The procedures that a caller may call with a key or a token are tools, and chats and
 * the documentation are resources.
 */
export const mcp: MountFactory<Context> = mcpOf(options);
