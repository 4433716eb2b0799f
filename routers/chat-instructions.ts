import { Instructions } from '#contract/chat';
import * as instructions from '#server/chat/instructions';
import { signedIn } from '#server/procedures';

const tags = ['chat'];

/**
 * The procedures of `chat` for the caller's instructions for all chats. Not for agents: texts that an agent reads must
 * not be able to change what later answers follow.
 */
export const instructionProcedures = {
  instructions: signedIn
    .meta({
      mcp: { enabled: false },
      openapi: {
        method: 'GET',
        path: '/chats/instructions',
        tags,
        summary: 'Get your instructions for all chats',
        description: 'Each model receives them as a system message. A chat can have further instructions.',
      },
    })
    .output(Instructions)
    .query(({ ctx }) => instructions.get(ctx.deps, ctx.actor)),

  setInstructions: signedIn
    .meta({
      mcp: { enabled: false },
      openapi: {
        method: 'PUT',
        path: '/chats/instructions',
        tags,
        summary: 'Set your instructions for all chats',
        description: 'They apply from the next answer on. To remove them, send an empty text.',
      },
    })
    .input(Instructions)
    .output(Instructions)
    .mutation(({ ctx, input }) => instructions.set(ctx.deps, ctx.actor, input)),
};
