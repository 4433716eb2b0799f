import { type McpOptions, mcp as mcpOf } from '#layer/mcp/index';
import { andThen, type MountFactory } from '#layer/index';
import { PRODUCT } from '#contract/product';
import { acceptsKeys, admissionRule, denialOf } from '#server/access';
import { requireActor } from '#server/people/authenticator';
import type { Context } from '#server/people/context';
import { documentInfo } from './document.ts';

const INSTRUCTIONS = `${PRODUCT.name} stores chats, whose answers the server writes in the background. chat_ask asks a question and
waits for the answer. If its status is "streaming", call chat_answer with the runId to wait again. chat_stop ends it.`;

const options: McpOptions<Context> = {
  name: PRODUCT.slug,
  title: PRODUCT.name,
  version: documentInfo.version,
  instructions: INSTRUCTIONS,
  authenticate: async (call) => {
    await requireActor(await call.context());
  },
  offers: ({ name, procedure }) => acceptsKeys(admissionRule(name, procedure).access),
  permits: ({ authenticate }) =>
    andThen(authenticate(), (actor) => ({ name, procedure }) => {
      const { access } = admissionRule(name, procedure);
      return actor !== null && denialOf(access, procedure._def.type, actor) === null;
    }),
};

/** Serves the procedures that a caller may call with a key as tools of the Model Context Protocol. */
export const mcp: MountFactory<Context> = mcpOf(options);
