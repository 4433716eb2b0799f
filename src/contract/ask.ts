import { z } from 'zod';
import { ClientRequestId, MessageStatus, Run, TextPart } from '#contract/chat';
import { Id } from '#contract/common';

/** The maximum is below 60 seconds, after which clients and proxies give up a request. */
const WaitSeconds = z
  .number()
  .min(0)
  .max(50)
  .default(25)
  .meta({ description: 'How long to wait for the end of the answer, in seconds.', examples: [25] });

export const ChatAsk = z
  .strictObject({
    chatId: Id.optional().meta({ description: 'The chat to ask in. Default: a new one.' }),
    text: TextPart.shape.text.meta({ description: 'The question.' }),
    clientRequestId: ClientRequestId.optional().meta({
      description:
        'A unique id that the client creates for each question. A repeated call with the same id waits for the same answer. Without `chatId`, it is unique in the account, and also finds the chat of the first call. Without an id, the question is asked again.',
    }),
    waitSeconds: WaitSeconds,
  })
  .meta({ id: 'ChatAsk', description: 'A question whose answer is waited for.' });

export const ChatAnswer = z.strictObject({ runId: Id, waitSeconds: WaitSeconds });

export const AnswerState = Run.extend({
  status: MessageStatus,
  text: z.string().meta({ description: 'The text of the answer, or what is written so far.' }),
  url: z.string().meta({
    description: 'The page of the chat: a URL, or a path if the server does not know its public origin.',
    examples: ['https://app.example.com/chat/019ab1c2-7d3e-7f00-8000-5f0c6a1d2e3f'],
  }),
}).meta({ id: 'AnswerState', description: 'An answer, complete or in progress.' });
