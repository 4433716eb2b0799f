import type { UIMessage, UIMessageChunk } from 'ai';
import { z } from 'zod';
import { CHUNK_SCHEMAS } from '#contract/chunks';
import { ById, Id, line, page, paging, Search, text } from '#contract/common';
import { ERRORS, type ErrorCode } from '#contract/errors';

const hasType = (value: unknown) =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';

/** A part of a message, in the AI SDK's form. */
export const MessagePart = z.custom<UIMessage['parts'][number]>(hasType).meta({
  id: 'MessagePart',
  description: 'A part of a message: an AI SDK UIMessage part, such as { type: "text", text }.',
  examples: [{ type: 'text', text: 'How do I add a procedure?' }],
  override: {
    type: 'object',
    properties: { type: { type: 'string' } },
    required: ['type'],
    additionalProperties: true,
  },
});

/** A piece of an answer being written, in the AI SDK's form. */
export const MessageChunk = z.custom<UIMessageChunk>(hasType).meta({
  id: 'MessageChunk',
  description: 'A chunk of the AI SDK’s UI-message stream. A chunk may have more fields than these.',
  examples: [{ type: 'text-delta', id: '0', delta: 'Add it to ' }],
  override: { anyOf: CHUNK_SCHEMAS },
});

const ModelId = z
  .string()
  .max(200)
  .regex(/^[\x21-\x7e]+$/, 'must be a model id such as openai/gpt-5-mini')
  .meta({ description: 'A model id of chat.models; null is the default.', examples: ['guide'] });

export const Chat = z
  .object({
    id: Id,
    title: z.string().meta({
      description: 'Empty until the first message was sent.',
      examples: ['Adding a procedure'],
    }),
    model: z
      .string()
      .nullable()
      .meta({ description: 'The model that answers; null is the default.', examples: ['guide'] }),
    pinned: z.boolean(),
    archived: z.boolean(),
    createdAt: z.date(),
    updatedAt: z.date(),
    activeAt: z.date().meta({ description: 'When something was last said.' }),
    activeRunId: Id.nullable().meta({
      description: 'The run that is writing an answer right now; null when none is.',
    }),
  })
  .meta({ id: 'Chat', description: 'A conversation.' });
export type Chat = z.output<typeof Chat>;

const isErrorName = (value: string): value is ErrorCode => Object.hasOwn(ERRORS, value);

/** The id that a client gave to a message of its own, as `useChat` does. */
const ClientMessageId = text(200).meta({ examples: ['MnQmWxRZBTYuJSsA'] });

export const Message = z
  .object({
    id: Id,
    clientId: z
      .string()
      .nullable()
      .meta({
        description: 'The id that the client which sent it knows it by; null if that is `id`.',
        examples: ['MnQmWxRZBTYuJSsA'],
      }),
    role: z.enum(['user', 'assistant']),
    status: z.enum(['streaming', 'complete', 'stopped', 'failed', 'interrupted']).meta({
      description: 'streaming while a run writes it; stopped, failed and interrupted keep what was written.',
      examples: ['complete'],
    }),
    parts: z.array(MessagePart),
    parentId: Id.nullable().meta({ description: 'The message it follows; null for the first one.' }),
    branchIds: z.array(Id).meta({
      description:
        'The versions of this message, itself among them, oldest first; chat.selectBranch shows another one.',
    }),
    model: z
      .string()
      .nullable()
      .meta({ description: 'The model that wrote it; null for a question.', examples: ['guide'] }),
    error: z
      .string()
      .refine(isErrorName)
      .nullable()
      .meta({ description: 'Why it failed: a code of the error catalogue.', examples: [null] }),
    createdAt: z.date(),
  })
  .meta({ id: 'Message', description: 'A message of a chat.' });
export type Message = z.output<typeof Message>;

export const ChatList = z.strictObject({
  ...paging,
  search: Search.optional(),
  archived: z.boolean().default(false).meta({ description: 'Whether to list the archived chats instead.' }),
});
export const ChatPage = page(Chat).meta({
  id: 'ChatPage',
  description: 'Chats, those said something in last first.',
});

export const ChatSearch = z.strictObject({ ...paging, search: Search });

const Offset = z.int().nonnegative();
const Match = z.object({ start: Offset, end: Offset }).meta({
  id: 'Match',
  description: 'Where a match begins and ends, in UTF-16 code units of the original text.',
});

export const Hit = z
  .object({
    chatId: Id,
    chatTitle: z.string(),
    messageId: Id.nullable().meta({
      description: 'The message that was found; null for the title of the chat.',
    }),
    role: z
      .enum(['user', 'assistant'])
      .nullable()
      .meta({ description: 'Who wrote the message; null for a title.' }),
    snippet: z.string().meta({
      description:
        'A part of the original text, which is the title, or the text parts of the message joined by line breaks.',
      examples: ['Add it to the router'],
    }),
    snippetStart: Offset.meta({ description: 'Where the snippet begins in the original text.' }),
    matches: z.array(Match).meta({ description: 'What was found within the snippet, in order.' }),
    createdAt: z.date().meta({ description: 'When the message, or the chat, was created.' }),
  })
  .meta({ id: 'Hit', description: 'A title or a message that was found.' });
export type Hit = z.output<typeof Hit>;
export const HitPage = page(Hit).meta({
  id: 'HitPage',
  description: 'What was found: titles, then messages, newest first.',
});

const Title = line(200).meta({ description: 'What the chat is called.', examples: ['Adding a procedure'] });

export const ChatCreate = z
  .strictObject({
    title: Title.optional(),
    model: ModelId.optional(),
    clientId: Id.optional().meta({
      description:
        'An id of your own for the chat, as useChat makes one: a second create with it has the same chat.',
    }),
  })
  .meta({ id: 'ChatCreate', description: 'A chat to start.' });

export const ChatUpdate = ById.extend({
  title: Title.optional(),
  pinned: z.boolean().optional(),
  archived: z.boolean().optional(),
  model: ModelId.nullable().optional(),
}).meta({ id: 'ChatUpdate', description: 'What to change of a chat; what is left out stays.' });

/** Calls that name a chat beside other things say chatId. */
const InChat = z.strictObject({ chatId: Id });

export const MessageList = InChat.extend(paging);
export const MessagePage = page(Message).meta({
  id: 'MessagePage',
  description: 'Messages, newest last. A page also ends at 1 MiB of content, with at least one message.',
});

/** A key of the caller's choice: the same call sent again under it has the first call's result. */
const ClientRequestId = z
  .string()
  .regex(/^[A-Za-z0-9_:.-]{1,100}$/, 'must be 1 to 100 letters, digits or _ : . -')
  .meta({
    description:
      'Made by the client, a new one for each thing it wants done. The same call sent again has the first result; without it, it is done again.',
    examples: ['c0ffee00-5f0c-4a1d-8e3f-7d3e7f008000'],
  });

const TextPart = z
  .strictObject({
    type: z.literal('text'),
    text: text(100_000).meta({ examples: ['How do I add a procedure?'] }),
  })
  .meta({ id: 'TextPart', description: 'Text that is said.' });

/** How many parts a question may have. */
export const MAX_PARTS = 20;

const QuestionParts = z.array(TextPart).min(1).max(MAX_PARTS);

/** A message that a client shows: of an answer only its id counts, because only the server writes answers. */
const ShownMessage = z.discriminatedUnion('role', [
  z.strictObject({ id: ClientMessageId, role: z.literal('user'), parts: QuestionParts }),
  z.strictObject({ id: ClientMessageId, role: z.literal('assistant') }),
]);

/** What a client that keeps its own list of messages shows, with its ids. */
export const Shown = z
  .strictObject({
    id: ClientMessageId.meta({ description: 'The id that the client gave to the question.' }),
    before: z.array(ShownMessage).optional().meta({
      description:
        'The messages that the client shows before the question, oldest first: all of them, or the newest. The model is told these. Without it, the question goes below the last message of the chat.',
    }),
    trigger: z.enum(['submit', 'edit', 'regenerate']).default('submit').meta({
      description:
        'What to do with a question that the chat has in this place: `submit` returns the run that answers it, `edit` does so if the chat shows that answer last, else it starts another one, as `regenerate` always does.',
    }),
  })
  .meta({ id: 'Shown', description: 'What a client with its own list of messages shows.' });
export type Shown = z.output<typeof Shown>;

export const ChatSend = InChat.extend({
  clientRequestId: ClientRequestId.optional(),
  parts: QuestionParts,
  shown: Shown.optional(),
  createChat: z.boolean().optional().meta({
    description:
      'If there is no such chat, create it in the same transaction, with `chatId` as the `clientId`. A rejected call creates none.',
  }),
}).meta({ id: 'ChatSend', description: 'A question.' });

export const Run = z
  .object({
    runId: Id,
    chatId: Id,
    messageId: Id.meta({ description: 'The message the run writes.' }),
  })
  .meta({ id: 'Run', description: 'An answer on its way.' });

export const ChatRegenerate = InChat.extend({
  clientRequestId: ClientRequestId.optional(),
  messageId: Id.optional().meta({ description: 'The answer to write anew; the last one when left out.' }),
}).meta({ id: 'ChatRegenerate', description: 'Which answer to write anew.' });

/** A question said anew: the old one, with all that followed, stays as another branch. */
export const ChatEdit = ChatSend.omit({ createChat: true, shown: true })
  .extend({
    messageId: Id.meta({ description: 'The question to say anew.' }),
  })
  .meta({ id: 'ChatEdit', description: 'A question said anew.' });

export const ChatContinue = InChat.extend({ clientRequestId: ClientRequestId.optional() }).meta({
  id: 'ChatContinue',
  description: 'An answer to continue.',
});

export const ChatSelectBranch = InChat.extend({
  messageId: Id.meta({ description: 'The version to show, with the newest of what followed it.' }),
}).meta({ id: 'ChatSelectBranch', description: 'Which version of a message to show.' });

export const ChatStop = InChat;
export const Stopped = z
  .object({ stopped: z.boolean().meta({ description: 'Whether an answer was being written.' }) })
  .meta({ id: 'Stopped', description: 'What became of the answer.' });

export const ChatStream = InChat.extend({
  runId: Id.optional().meta({ description: 'The run to follow; the newest of the chat when left out.' }),
  lastEventId: z
    .string()
    .regex(/^\d{1,9}$/, 'must be the id of an event')
    .optional()
    .meta({ description: 'The id of the last event received; 0 or nothing starts at the beginning.' }),
});

export const Model = z
  .object({
    id: z.string().meta({ description: 'What chat.update and chat.create take.', examples: ['guide'] }),
    name: z.string().meta({ examples: ['Offline guide'] }),
    provider: z.string().meta({ description: 'Who runs it.', examples: ['guide'] }),
    available: z.boolean().meta({ description: 'Whether a key for it is there.' }),
    ownKey: z.boolean().meta({ description: 'Whether your own key would be used.' }),
    isDefault: z.boolean(),
  })
  .meta({ id: 'Model', description: 'A language model that may answer.' });
export const Models = z
  .object({ items: z.array(Model) })
  .meta({ id: 'Models', description: 'The language models that may answer.' });
