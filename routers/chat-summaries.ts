import { ChatSummarize, Summary } from '#contract/summaries';
import { summarize } from '#server/chat/summaries';
import { signedIn } from '#server/procedures';
import { ENDS } from './answer-errors.ts';

export const summaryProcedures = {
  // Not for agents, whose list of tools has little room.
  summarize: signedIn
    .meta({
      errors: ['RUN_ACTIVE', 'QUOTA_EXCEEDED', ...ENDS],
      mcp: { enabled: false },
      openapi: {
        method: 'POST',
        path: '/chats/{chatId}/summarize',
        tags: ['chat'],
        summary: 'Summarize the earlier messages of a chat',
        description:
          'For a chat that is longer than the context of its model. The model of the chat writes the summary, and gets it from then on in place of the messages that it covers, which stay in the chat. The last exchange is not covered, so that it stays exact. The server writes the summary even if the client disconnects. If it is not complete after 25 seconds, call again.',
        errorResponses: [409, 502],
      },
      rateLimit: { calls: 120, seconds: 60 },
    })
    .input(ChatSummarize)
    .output(Summary)
    .mutation(({ ctx, input, signal }) =>
      summarize(ctx.deps, ctx.actor, input.chatId, signal ?? ctx.request.signal),
    ),
};
