import { z } from 'zod';
import { Id } from '#contract/common';

export const ChatSummarize = z.strictObject({ chatId: Id }).meta({
  id: 'ChatSummarize',
  description: 'A chat whose earlier messages are to be summarized.',
});
export const Summary = z
  .object({
    status: z.enum(['summarizing', 'complete']).meta({
      description: '`summarizing` if the time of the call is up. Call again to wait on.',
      examples: ['complete'],
    }),
    messageId: Id.nullable().meta({ description: 'The last message that the summary covers.' }),
    summary: z
      .string()
      .nullable()
      .meta({ description: 'The summary; null until it is complete.', examples: ['Ada plans a trip.'] }),
  })
  .meta({ id: 'Summary', description: 'The summary of the earlier messages of a chat.' });
export type Summary = z.output<typeof Summary>;
