import type { UIMessage, UIMessageChunk } from 'ai';
import { z } from 'zod';
import { MAX_DELETED } from '#contract/chat-limits';
import { CHUNK_SCHEMAS } from '#contract/chunks';
import { ById, Id, line, page, paging, Search, text } from '#contract/common';
import { MAX_ATTACHED } from '#contract/file-limits';
import { ERRORS, type ErrorCode } from '#contract/errors';
import { MAX_INSTRUCTIONS } from '#contract/instructions';

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

/** A chunk of an answer in progress, in the AI SDK's form. */
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
  .meta({ description: 'A model id from chat.models; null for the default.', examples: ['guide'] });

/** Instructions for the model. */
export const InstructionsText = text(MAX_INSTRUCTIONS, 0).meta({
  description: 'Instructions for the model; empty for none.',
  examples: ['Answer briefly, and in British English.'],
});

export const Instructions = z
  .strictObject({ instructions: InstructionsText })
  .meta({ id: 'Instructions', description: 'Your instructions for the model in all chats.' });

const Temperature = z
  .number()
  .min(0)
  .max(2)
  .nullable()
  .meta({ description: 'null for the default of the model.', examples: [0.7] });

export const Chat = z
  .object({
    id: Id,
    title: z.string().meta({
      description: 'Empty until the first message is sent.',
      examples: ['Adding a procedure'],
    }),
    model: z
      .string()
      .nullable()
      .meta({ description: 'The model of the answers; null for the default.', examples: ['guide'] }),
    instructions: z.string().meta({
      description: 'Your instructions for the model in this chat.',
      examples: [''],
    }),
    temperature: z.number().nullable(),
    projectId: Id.nullable().meta({ description: 'The project; null for none.' }),
    pinned: z.boolean(),
    archived: z.boolean(),
    temporary: z.boolean(),
    createdAt: z.date(),
    updatedAt: z.date(),
    activeAt: z.date().meta({ description: 'The time of the last message.' }),
    activeRunId: Id.nullable().meta({
      description: 'The run that is writing an answer.',
    }),
  })
  .meta({ id: 'Chat', description: 'A conversation.' });
export type Chat = z.output<typeof Chat>;

const isErrorName = (value: string): value is ErrorCode => Object.hasOwn(ERRORS, value);

/** The id that a client, such as `useChat`, chose for its own message. */
const ClientMessageId = text(200).meta({ examples: ['MnQmWxRZBTYuJSsA'] });

export const MessageStatus = z.enum(['streaming', 'complete', 'stopped', 'failed', 'interrupted']).meta({
  description:
    '`streaming` while a run writes the message. `stopped`, `failed` and `interrupted` messages keep the text so far.',
  examples: ['complete'],
});

const Tokens = z.int().nullable();

const MessageUsage = z
  .object({
    seconds: z.number().meta({ description: 'The time that the answer took.', examples: [3.4] }),
    inputTokens: Tokens.meta({ description: 'The tokens that the model read.', examples: [1200] }),
    outputTokens: Tokens.meta({ description: 'The tokens that the model wrote.', examples: [310] }),
  })
  .meta({ id: 'MessageUsage', description: 'The time and tokens of an answer. Unknown tokens are null.' });

export const Message = z
  .object({
    id: Id,
    clientId: z
      .string()
      .nullable()
      .meta({
        description: 'The id that the sending client uses for the message; null if it is the same as `id`.',
        examples: ['MnQmWxRZBTYuJSsA'],
      }),
    role: z.enum(['user', 'assistant']),
    status: MessageStatus,
    parts: z.array(MessagePart),
    parentId: Id.nullable().meta({
      description: 'The message that this one follows; null for the first message.',
    }),
    branchIds: z.array(Id).meta({
      description:
        'All versions of this message including itself, oldest first. chat.selectBranch shows another one.',
    }),
    model: z
      .string()
      .nullable()
      .meta({ description: 'The model that wrote the message; null for a question.', examples: ['guide'] }),
    error: z
      .string()
      .refine(isErrorName)
      .nullable()
      .meta({ description: 'The error code of a failed message.', examples: [null] }),
    contextFromId: Id.nullable().meta({
      description:
        'The first message that the model received for this answer, because older ones did not fit into its context; null if it received all.',
    }),
    summary: z.string().nullable().meta({
      description: 'A summary of the messages up to this one.',
    }),
    usage: MessageUsage.nullable().meta({
      description: 'The time and tokens of an answer that has ended; null for other messages.',
    }),
    createdAt: z.date(),
  })
  .meta({ id: 'Message', description: 'A message of a chat.' });
export type Message = z.output<typeof Message>;

export const ChatList = z.strictObject({
  ...paging,
  search: Search.optional(),
  archived: z.boolean().default(false).meta({ description: 'True to list the archived chats instead.' }),
  projectId: Id.optional().meta({ description: 'Only chats of this project.' }),
  withoutProject: z.boolean().optional().meta({ description: 'Only chats of no project.' }),
});
export const ChatPage = page(Chat).meta({
  id: 'ChatPage',
  description: 'A page of chats: pinned first, then by last activity.',
});

export const ChatSearch = z.strictObject({ ...paging, search: Search });

const Offset = z.int().nonnegative();
const Match = z.object({ start: Offset, end: Offset }).meta({
  id: 'Match',
  description: 'The start and end of a match, in UTF-16 code units of the original text.',
});

export const Hit = z
  .object({
    chatId: Id,
    chatTitle: z.string(),
    projectName: z
      .string()
      .nullable()
      .meta({
        description: 'The name of the project of the chat; null for none.',
        examples: ['Trip to Norway'],
      }),
    messageId: Id.nullable().meta({
      description: 'The id of the message; null if the title of the chat matches.',
    }),
    role: z
      .enum(['user', 'assistant'])
      .nullable()
      .meta({ description: 'The author of the message; null for a title.' }),
    snippet: z.string().meta({
      description:
        'A part of the original text: of the title, or of the text parts of the message joined by line breaks.',
      examples: ['Add it to the router'],
    }),
    snippetStart: Offset.meta({ description: 'The offset of the snippet in the original text.' }),
    matches: z.array(Match).meta({ description: 'The matches within the snippet, in order.' }),
    createdAt: z.date().meta({ description: 'When the message or the chat was created.' }),
  })
  .meta({ id: 'Hit', description: 'A search result: a title or a message.' });
export type Hit = z.output<typeof Hit>;
export const HitPage = page(Hit).meta({
  id: 'HitPage',
  description: 'A page of search results: titles, then messages, newest first.',
});

const Title = line(200).meta({ description: 'The title of the chat.', examples: ['Adding a procedure'] });

export const ChatCreate = z
  .strictObject({
    title: Title.optional(),
    model: ModelId.optional(),
    instructions: InstructionsText.optional(),
    temperature: Temperature.optional(),
    projectId: Id.optional(),
    temporary: z.boolean().optional().meta({
      description:
        'Keep the chat out of lists, search and export, and delete it a day after its last message.',
    }),
    clientId: Id.optional().meta({
      description:
        'Your own id for the chat, such as that of useChat. A second create with it returns the same chat.',
    }),
  })
  .meta({ id: 'ChatCreate', description: 'A chat to create.' });

export const ChatUpdate = ById.extend({
  title: Title.optional(),
  pinned: z.boolean().optional(),
  archived: z.boolean().optional(),
  model: ModelId.nullable().optional(),
  instructions: InstructionsText.optional(),
  temperature: Temperature.optional(),
  temporary: z
    .boolean()
    .refine((temporary) => !temporary, 'must be false, because a chat cannot become temporary later')
    .optional()
    .meta({ description: 'False keeps a temporary chat.', examples: [false] }),
}).meta({ id: 'ChatUpdate', description: 'Changes to a chat. Missing fields are not changed.' });

export const ChatDeleteMany = z
  .strictObject({ ids: z.array(Id).min(1).max(MAX_DELETED) })
  .meta({ id: 'ChatDeleteMany', description: 'The chats to delete.' });
export const ChatsDeleted = z
  .object({ deleted: z.int().meta({ description: 'How many chats were deleted.', examples: [2] }) })
  .meta({ id: 'ChatsDeleted', description: 'The result of chat.deleteMany.' });

/** Inputs that have other fields besides the chat's id name it `chatId`. */
const InChat = z.strictObject({ chatId: Id });

export const MessageList = InChat.extend(paging);
export const MessagePage = page(Message).meta({
  id: 'MessagePage',
  description:
    'A page of messages, newest last. A page also ends at 1 MiB of content but has at least one message.',
});

/** A key that the caller chooses. A repeated call with the same key returns the first result. */
export const ClientRequestId = z
  .string()
  .regex(/^[A-Za-z0-9_:.-]{1,100}$/, 'must be 1 to 100 letters, digits or _ : . -')
  .meta({
    description: 'A unique id of the operation. A repeated call with it returns the first result.',
    examples: ['c0ffee00-5f0c-4a1d-8e3f-7d3e7f008000'],
  });

export const TextPart = z
  .strictObject({
    type: z.literal('text'),
    text: text(100_000).meta({ examples: ['How do I add a procedure?'] }),
  })
  .meta({ id: 'TextPart', description: 'A text part of a question.' });

/** The maximum number of parts of a question. */
export const MAX_PARTS = 20;

const QuestionParts = z.array(TextPart).max(MAX_PARTS);

/** A message that a client shows. Answers have only an id, because only the server writes answers. */
const ShownMessage = z.discriminatedUnion('role', [
  z.strictObject({ id: ClientMessageId, role: z.literal('user'), parts: QuestionParts }),
  z.strictObject({ id: ClientMessageId, role: z.literal('assistant') }),
]);

/** The messages that a client with its own list of messages shows, with the client's ids. */
export const Shown = z
  .strictObject({
    id: ClientMessageId.meta({ description: 'The client’s id of the question.' }),
    before: z.array(ShownMessage).optional().meta({
      description:
        'The messages that the client shows before the question, oldest first: all or only the newest. The model receives these messages. Without it, the question follows the last message of the chat.',
    }),
    trigger: z.enum(['submit', 'edit', 'regenerate']).default('submit').meta({
      description:
        'If the chat has the question in this place: `submit` returns the run that answers it. `edit` returns that run if the chat shows its answer last, and otherwise starts a new one. `regenerate` always starts a new one.',
    }),
  })
  .meta({ id: 'Shown', description: 'The messages that a client with its own list of messages shows.' });
export type Shown = z.output<typeof Shown>;

export const ChatSend = InChat.extend({
  clientRequestId: ClientRequestId.optional(),
  parts: QuestionParts,
  files: z
    .array(z.string().max(64))
    .max(MAX_ATTACHED)
    .optional()
    .meta({ description: 'Ids of uploaded files.' }),
  shown: Shown.optional(),
  createChat: z.boolean().optional().meta({
    description: 'If the chat does not exist, create it with `chatId` as its `clientId`.',
  }),
}).meta({ id: 'ChatSend', description: 'A question.' });

export const Run = z
  .object({
    runId: Id,
    chatId: Id,
    messageId: Id.meta({ description: 'The message that the run writes.' }),
  })
  .meta({ id: 'Run', description: 'An answer in progress.' });

export const ChatRegenerate = InChat.extend({
  clientRequestId: ClientRequestId.optional(),
  messageId: Id.optional().meta({ description: 'The answer to regenerate. Default: the last one.' }),
  model: ModelId.optional().meta({
    description: 'The model of this answer only. Default: that of the chat.',
    examples: ['guide'],
  }),
}).meta({ id: 'ChatRegenerate', description: 'The answer to regenerate.' });

/** An edited question. The old question and all that follows it stay as another branch. */
export const ChatEdit = ChatSend.omit({ createChat: true, shown: true })
  .extend({
    messageId: Id.meta({ description: 'The question to edit.' }),
  })
  .meta({ id: 'ChatEdit', description: 'An edited question.' });

export const ChatContinue = InChat.extend({ clientRequestId: ClientRequestId.optional() }).meta({
  id: 'ChatContinue',
  description: 'An answer to continue.',
});

export const ChatSelectBranch = InChat.extend({
  messageId: Id.meta({ description: 'The version to show, followed by the newest messages below it.' }),
}).meta({ id: 'ChatSelectBranch', description: 'The version of a message to show.' });

export const ChatFork = InChat.extend({
  messageId: Id.meta({ description: 'The last message to copy.' }),
  clientId: ChatCreate.shape.clientId,
}).meta({ id: 'ChatFork', description: 'The messages to copy into a new chat.' });

export const ChatStop = InChat;
export const Stopped = z
  .object({ stopped: z.boolean().meta({ description: 'True if an answer was in progress.' }) })
  .meta({ id: 'Stopped', description: 'The result of chat.stop.' });

export const ChatStream = InChat.extend({
  runId: Id.optional().meta({ description: 'The run to follow. Default: the newest of the chat.' }),
  lastEventId: z
    .string()
    .regex(/^\d{1,9}(\.\d{1,4})?$/, 'must be the id of an event')
    .optional()
    .meta({
      description:
        'The id of the last event received. Without it or with 0, the stream starts at the beginning.',
    }),
});

export const Model = z
  .object({
    id: z
      .string()
      .meta({ description: 'The id to pass to chat.update and chat.create.', examples: ['guide'] }),
    name: z.string().meta({ examples: ['Offline guide'] }),
    provider: z.string().meta({ description: 'The provider of the model.', examples: ['guide'] }),
    available: z.boolean().meta({ description: 'True if there is a key for the model.' }),
    ownKey: z.boolean().meta({ description: 'True if your own key would be used.' }),
    maxTemperature: z
      .number()
      .nullable()
      .meta({ description: 'The highest temperature; null if the model has none.', examples: [2] }),
    isDefault: z.boolean(),
  })
  .meta({ id: 'Model', description: 'A language model that you can choose.' });
export const Models = z
  .object({ items: z.array(Model) })
  .meta({ id: 'Models', description: 'The language models that you can choose.' });
