import { z } from 'zod';
import { MAX_PARTS } from '#contract/chat';
import { Id, text } from '#contract/common';
import { invalidInput, zodIssues } from '#layer/index';
import { type AppError, toAppError } from '#server/errors';
import { type Attachment, attachmentOf, FilePart } from './attachments.ts';

/** The procedure that serves a request of `useChat`, and its input. */
export interface SubmissionCall {
  procedure: 'chat.send' | 'chat.regenerate';
  input: object;
  /** The files of the question. Their ids become the field `files` of the input. */
  attachments: Attachment[];
  /** Returns the same error with pointers into the request body instead of the input. */
  located: (error: unknown) => AppError;
}

/** A non-empty list whose items are not checked. */
const List = z.custom<readonly unknown[]>(
  (value) => Array.isArray(value) && value.length > 0,
  'must be a list of at least one item',
);

/**
 * The body that `useChat` sends: all messages (DefaultChatTransport), or only the last one if the application chooses
 * so.
 */
const Submission = z.object({
  id: Id,
  trigger: z.enum(['submit-message', 'regenerate-message']).default('submit-message'),
  messageId: z.string().nullish(),
  messages: List.optional(),
  message: z.unknown().optional(),
});

const MessageId = text(200);

const TextPart = z.object({ type: z.literal('text'), text: z.string() });
const QuestionPart = z.discriminatedUnion('type', [TextPart, FilePart], {
  error: 'only text and file parts are accepted',
});
const isText = (part: unknown): part is z.output<typeof TextPart> => TextPart.safeParse(part).success;

const Question = z.object({
  id: MessageId,
  role: z.literal('user', { error: 'the last message must be a user message' }),
  parts: List.refine(({ length }) => length <= MAX_PARTS, `may have ${MAX_PARTS} items at most`),
});

/** A message before the question. Of an answer only the id is read, of a question also its text. */
const Earlier = z.discriminatedUnion(
  'role',
  [
    z.object({
      id: MessageId,
      role: z.literal('user'),
      parts: List.refine(
        (parts) => parts.some((part) => QuestionPart.safeParse(part).success),
        'has no text and no file; remove the message',
      ).transform((parts) => parts.filter(isText).flatMap(textOf)),
    }),
    z.object({ id: MessageId, role: z.literal('assistant') }),
  ],
  { error: 'must be user or assistant; the server does not accept system messages' },
);

/** Reads a request body. @throws {AppError} INVALID_INPUT */
export function readSubmission(body: unknown): SubmissionCall {
  const { id: chatId, trigger, messageId, messages, message } = parse(Submission, body, '');
  const isRegenerate = trigger === 'regenerate-message';
  if (!messages && message === undefined) {
    if (!isRegenerate)
      throw invalidInput([{ pointer: '/messages', message: 'messages or message is required' }]);
    const input = { chatId, ...(messageId != null && { messageId }) };
    return { procedure: 'chat.regenerate', input, attachments: [], located: toAppError };
  }
  const at = messages ? `/messages/${messages.length - 1}` : '/message';
  const question = parse(Question, messages ? messages.at(-1) : message, at);
  const parts = parse(z.array(QuestionPart), question.parts, `${at}/parts`);
  const attachments = parts.flatMap((part, index) =>
    part.type === 'file' ? readAttachment(part, `${at}/parts/${index}/url`) : [],
  );
  const texts = parts.flatMap((part) => (part.type === 'text' ? [part] : []));
  const before = messages?.slice(0, -1).map((item, index) => parse(Earlier, item, `/messages/${index}`));
  return {
    procedure: 'chat.send',
    input: {
      chatId,
      // The value does not matter: messages are identified by their ids, so a repeated request runs only once.
      clientRequestId: crypto.randomUUID(),
      createChat: true,
      parts: attachments.length > 0 ? texts.flatMap(textOf) : texts,
      shown: {
        id: question.id,
        ...(before && { before }),
        trigger: isRegenerate ? 'regenerate' : messageId == null ? 'submit' : 'edit',
      },
    },
    attachments,
    located: (error) => locate(toAppError(error), at, attachments),
  };
}

/** Returns a text part without other fields; nothing for an empty text, which clients send beside files. */
const textOf = ({ type, text: value }: z.output<typeof TextPart>) =>
  value === '' ? [] : [{ type, text: value }];

/** @throws {AppError} INVALID_INPUT */
function readAttachment(part: z.output<typeof FilePart>, pointer: string): Attachment {
  const attachment = attachmentOf(part, pointer);
  if (attachment) return attachment;
  throw invalidInput([{ pointer, message: 'must be a data: URL in base64, or the url of an uploaded file' }]);
}

/** @throws {AppError} INVALID_INPUT for the value at the JSON pointer `at`. */
function parse<T extends z.core.$ZodType>(schema: T, value: unknown, at: string): z.output<T> {
  const parsed = z.safeParse(schema, value);
  if (!parsed.success) throw invalidInput(zodIssues(parsed.error, at));
  return parsed.data;
}

/** @param at the JSON pointer to the question. */
function locate(error: AppError, at: string, attachments: readonly Attachment[]): AppError {
  const { issues } = error.options;
  if (error.kind !== 'INVALID_INPUT' || !issues) return error;
  const located = issues.map(({ pointer, message }) => ({
    pointer: pointer
      .replace(/^\/files\/(\d+)$/, (whole, index: string) => attachments[Number(index)]?.pointer ?? whole)
      .replace(/^\/files$/, `${at}/parts`)
      .replace(/^\/shown\/before(?=\/)/, '/messages')
      .replace(/^\/shown(?=\/|$)/, at)
      .replace(/^\/parts(?=\/|$)/, `${at}/parts`),
    message,
  }));
  return invalidInput(located, error.cause);
}
