import { z } from 'zod';
import { MAX_PARTS } from '#contract/chat';
import { Id, text } from '#contract/common';
import { invalidInput, zodIssues } from '#layer/index';
import { type AppError, toAppError } from '#server/errors';

/** What a procedure is called with for a request of `useChat`. */
export interface Asked {
  procedure: 'chat.send' | 'chat.regenerate';
  input: object;
  /** The same error, with the places of the request in it instead of those of the input. */
  located: (error: unknown) => AppError;
}

/** A list whose items are not looked at. */
const List = z.custom<readonly unknown[]>(
  (value) => Array.isArray(value) && value.length > 0,
  'must be a list of at least one item',
);

/** What `useChat` sends: all of its messages (DefaultChatTransport), or the last one only, as an application may choose. */
const Submission = z.object({
  id: Id,
  trigger: z.enum(['submit-message', 'regenerate-message']).default('submit-message'),
  messageId: z.string().nullish(),
  messages: List.optional(),
  message: z.unknown().optional(),
});

const MessageId = text(200);

const TextPart = z.object({
  type: z.literal('text', { error: 'only text parts are accepted' }),
  text: z.string(),
});
const isText = (part: unknown): part is z.output<typeof TextPart> => TextPart.safeParse(part).success;

const Question = z.object({
  id: MessageId,
  role: z.literal('user', { error: 'the last message must be a user message' }),
  parts: List.refine(({ length }) => length <= MAX_PARTS, `may have ${MAX_PARTS} items at most`),
});

/** A message before the question: of an answer only its id is read, of a question its text too. */
const Earlier = z.discriminatedUnion(
  'role',
  [
    z.object({
      id: MessageId,
      role: z.literal('user'),
      parts: List.transform((parts) =>
        parts.filter(isText).map(({ type, text: said }) => ({ type, text: said })),
      ).refine((parts) => parts.length > 0, 'has no text; remove the message'),
    }),
    z.object({ id: MessageId, role: z.literal('assistant') }),
  ],
  { error: 'must be user or assistant; the server does not take system messages' },
);

/** Reads a request body. @throws {AppError} INVALID_INPUT */
export function readSubmission(body: unknown): Asked {
  const { id: chatId, trigger, messageId, messages, message } = parse(Submission, body, '');
  const isRegenerate = trigger === 'regenerate-message';
  if (!messages && message === undefined) {
    if (!isRegenerate) throw invalidInput([{ pointer: '/messages', message: 'must be there, or message' }]);
    const input = { chatId, ...(messageId != null && { messageId }) };
    return { procedure: 'chat.regenerate', input, located: toAppError };
  }
  const at = messages ? `/messages/${messages.length - 1}` : '/message';
  const question = parse(Question, messages ? messages.at(-1) : message, at);
  const parts = parse(z.array(TextPart), question.parts, `${at}/parts`);
  const before = messages?.slice(0, -1).map((item, index) => parse(Earlier, item, `/messages/${index}`));
  return {
    procedure: 'chat.send',
    input: {
      chatId,
      // Messages are known by their ids, so a request that is sent again is not done again whatever this is.
      clientRequestId: crypto.randomUUID(),
      createChat: true,
      parts,
      shown: {
        id: question.id,
        ...(before && { before }),
        trigger: isRegenerate ? 'regenerate' : messageId == null ? 'submit' : 'edit',
      },
    },
    located: (error) => locate(toAppError(error), at),
  };
}

/** @throws {AppError} INVALID_INPUT for what stands at the JSON pointer `at`. */
function parse<T extends z.core.$ZodType>(schema: T, value: unknown, at: string): z.output<T> {
  const parsed = z.safeParse(schema, value);
  if (!parsed.success) throw invalidInput(zodIssues(parsed.error, at));
  return parsed.data;
}

/** @param at where the question is. */
function locate(error: AppError, at: string): AppError {
  const { issues } = error.options;
  if (error.kind !== 'INVALID_INPUT' || !issues) return error;
  const located = issues.map(({ pointer, message }) => ({
    pointer: pointer
      .replace(/^\/shown\/before(?=\/)/, '/messages')
      .replace(/^\/shown(?=\/|$)/, at)
      .replace(/^\/parts(?=\/|$)/, `${at}/parts`),
    message,
  }));
  return invalidInput(located, error.cause);
}
