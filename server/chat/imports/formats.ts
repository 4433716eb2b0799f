import { createHash } from 'node:crypto';
import { z } from 'zod';
import { MAX_PROJECT_NAME } from '#contract/chat-limits';
import { Id } from '#contract/common';
import { MAX_PART_CHATS } from '#contract/imports';
import { MAX_INSTRUCTIONS } from '#contract/instructions';
import { invalidInput } from '#layer/index';
import { toStorable } from '#server/search/fold';

const MAX_TITLE = 200;
/** Returns text of a file as a title or name: one line of limited length. */
const asLine = (text: string, max: number) => toStorable(text.replace(/\s+/g, ' ').trim().slice(0, max));

/** Why a chat cannot be imported, in words for its owner. */
export class UnusableChatError extends Error {}

/** A chat of a file, before it is read. */
export interface PartChat {
  title: string;
  /** Its format and content as JSON; `null` if it cannot be kept. */
  content: string | null;
  /** Why it cannot be kept. */
  reason: string | null;
}

/** A message of a file. */
export interface SourceMessage {
  id: string;
  parentId: string | null;
  /** `null` for a message that is not shown. The messages below it belong to the one above it. */
  role: 'user' | 'assistant' | null;
  /** False if the answer ended early. */
  isComplete: boolean;
  text: string;
  createdAt: Date | null;
}

/** A project of our export. */
interface SourceProject {
  name: string;
  instructions: string;
}

/** A chat of a file. */
export interface SourceChat {
  /** The id that the chat has in our database, if the file is our export. */
  ownId: string | null;
  /** The client id of the imported chat. It is the same for each import of the chat. */
  clientId: string;
  title: string;
  /** Its project, if the file is our export. */
  project: SourceProject | null;
  pinned: boolean;
  archived: boolean;
  createdAt: Date | null;
  activeAt: Date | null;
  /** The last message that the chat shows. */
  leafId: string | null;
  messages: SourceMessage[];
}

/** The client id of an imported chat. */
const IMPORTED = /^import-[\w-]{43}$/;
const clientIdOf = (format: string, sourceId: string) =>
  `import-${createHash('sha256').update(`${format}:${sourceId}`).digest('base64url')}`;

const asTitle = (title: string) => asLine(title, MAX_TITLE);

const Titled = z.object({ title: z.string() });
const titleOf = (chat: unknown) => {
  const titled = Titled.safeParse(chat);
  return titled.success ? asTitle(titled.data.title) : '';
};

function toPart(format: Format, chat: unknown, data: unknown): PartChat {
  const title = titleOf(chat);
  try {
    return { title, content: JSON.stringify({ format, data }), reason: null };
  } catch (error) {
    // The JSON is nested deeper than the stack.
    if (error instanceof RangeError) return { title, content: null, reason: 'It is nested too deeply.' };
    throw error;
  }
}

const Exported = z.object({
  projects: z.array(z.unknown()).default([]),
  chats: z.array(z.unknown()),
  messages: z.array(z.unknown()),
});
const OfChat = z.object({ chatId: z.string() });
const WithId = z.object({ id: z.string() });
const InProject = z.object({ projectId: z.string() });

/**
 * Divides a file, or a part of one, into its chats.
 * @throws {AppError} INVALID_INPUT if it has no format that can be imported
 */
export function splitFile(content: string): PartChat[] {
  const reject = (message: string, cause?: unknown) =>
    invalidInput([{ pointer: '/content', message }], cause);
  let file: unknown;
  try {
    file = JSON.parse(content);
  } catch (error) {
    throw reject('must be JSON', error);
  }
  const exported = Exported.safeParse(file);
  const chats = exported.success ? exported.data.chats : file;
  if (!Array.isArray(chats)) {
    throw reject(
      'must be an export with chats and messages, or the array of a conversations.json of ChatGPT',
    );
  }
  if (chats.length > MAX_PART_CHATS) throw reject(`must have at most ${MAX_PART_CHATS} chats in one part`);
  if (!exported.success) return chats.map((chat: unknown) => toPart('chatgpt', chat, chat));
  const byChat = new Map<string, unknown[]>();
  for (const message of exported.data.messages) {
    const of = OfChat.safeParse(message);
    if (!of.success) continue;
    const others = byChat.get(of.data.chatId);
    if (others) others.push(message);
    else byChat.set(of.data.chatId, [message]);
  }
  const projects = new Map(
    exported.data.projects.flatMap((project) => {
      const named = WithId.safeParse(project);
      return named.success ? [[named.data.id, project] as const] : [];
    }),
  );
  return chats.map((chat: unknown) => {
    const named = WithId.safeParse(chat);
    const messages = named.success ? (byChat.get(named.data.id) ?? []) : [];
    const placed = InProject.safeParse(chat);
    const project = placed.success ? (projects.get(placed.data.projectId) ?? null) : null;
    return toPart('export', chat, { chat, project, messages });
  });
}

const Moment = z.iso.datetime().transform((value) => new Date(value));

const ExportedPart = z.object({
  type: z.string(),
  text: z.unknown().optional(),
  filename: z.string().optional(),
  mediaType: z.string().optional(),
});

const ExportedChat = z.object({
  project: z.object({ name: z.string(), instructions: z.string().default('') }).nullish(),
  chat: z.object({
    id: Id,
    clientId: z.string().nullish(),
    title: z.string(),
    pinned: z.boolean().default(false),
    archived: z.boolean().default(false),
    leafId: z.string().nullish(),
    createdAt: Moment.nullish(),
    activeAt: Moment.nullish(),
  }),
  messages: z.array(
    z.object({
      id: z.string(),
      parentId: z.string().nullish(),
      role: z.enum(['user', 'assistant']),
      status: z.string().default('complete'),
      createdAt: Moment.nullish(),
      parts: z.array(ExportedPart),
    }),
  ),
});

function asProject(project: SourceProject | null): SourceProject | null {
  const name = asLine(project?.name ?? '', MAX_PROJECT_NAME);
  const instructions = toStorable((project?.instructions ?? '').slice(0, MAX_INSTRUCTIONS));
  return name === '' ? null : { name, instructions };
}

function readExported(data: unknown): SourceChat {
  const { chat, project, messages } = check(ExportedChat, data);
  return {
    ownId: chat.id,
    // A chat that was imported before its export keeps its client id.
    clientId: IMPORTED.exec(chat.clientId ?? '')?.[0] ?? clientIdOf('export', chat.id),
    title: asTitle(chat.title),
    project: asProject(project ?? null),
    pinned: chat.pinned,
    archived: chat.archived,
    createdAt: chat.createdAt ?? null,
    activeAt: chat.activeAt ?? null,
    leafId: chat.leafId ?? null,
    messages: messages.map(({ id, parentId, role, status, createdAt, parts }) => ({
      id,
      parentId: parentId ?? null,
      role,
      isComplete: status === 'complete',
      createdAt: createdAt ?? null,
      text: joined(parts.map(shownOf)),
    })),
  };
}

const MAX_FILENAME = 200;

/** Returns what is kept of a part: the text, and of a file with a name a note. Its content is not part of an import. */
function shownOf({ type, text, filename, mediaType }: z.output<typeof ExportedPart>): unknown {
  if (type === 'text') return text;
  const name = type === 'file' ? asLine(filename ?? '', MAX_FILENAME) : '';
  if (name === '') return null;
  const kind = mediaType === undefined ? '' : `, ${asLine(mediaType, MAX_FILENAME)}`;
  return `[File: ${name}${kind}. Its content was not imported.]`;
}

/** The seconds since 1970. */
const Seconds = z.number().transform((value) => new Date(value * 1000));

const Conversation = z.object({
  id: z.string().nullish(),
  conversation_id: z.string().nullish(),
  title: z.string().nullish(),
  create_time: Seconds.nullish(),
  update_time: Seconds.nullish(),
  current_node: z.string().nullish(),
  is_archived: z.boolean().nullish(),
  mapping: z.record(
    z.string(),
    z.object({
      parent: z.string().nullish(),
      message: z
        .object({
          author: z.object({ role: z.string() }),
          /** Whom an answer is for. Tool calls are for a tool. */
          recipient: z.string().nullish(),
          content: z.object({ parts: z.array(z.unknown()).nullish() }).nullish(),
          create_time: Seconds.nullish(),
        })
        .nullish(),
    }),
  ),
});

function readConversation(data: unknown): SourceChat {
  const chat = check(Conversation, data);
  const sourceId = chat.conversation_id ?? chat.id ?? JSON.stringify(data);
  return {
    ownId: null,
    clientId: clientIdOf('chatgpt', sourceId),
    title: asTitle(chat.title ?? ''),
    project: null,
    pinned: false,
    archived: chat.is_archived ?? false,
    createdAt: chat.create_time ?? null,
    activeAt: chat.update_time ?? null,
    leafId: chat.current_node ?? null,
    messages: Object.entries(chat.mapping).map(([id, { parent, message }]) => ({
      id,
      parentId: parent ?? null,
      role: message ? roleOf(message.author.role, message.recipient ?? 'all') : null,
      isComplete: true,
      createdAt: message?.create_time ?? null,
      text: joined(message?.content?.parts ?? []),
    })),
  };
}

const roleOf = (role: string, recipient: string) =>
  role === 'user' || (role === 'assistant' && recipient === 'all') ? role : null;

/** Joins the parts that are text. */
const joined = (parts: unknown[]) =>
  toStorable(parts.flatMap((part) => (typeof part === 'string' && part !== '' ? [part] : [])).join('\n\n'));

/** @throws {UnusableChatError} that names the wrong field */
function check<T>(schema: z.core.$ZodType<T>, data: unknown): T {
  const { success, data: checked, error } = z.safeParse(schema, data);
  if (success) return checked;
  const [issue] = error.issues;
  const path = issue?.path.map(String).join('.') ?? '';
  throw new UnusableChatError(
    toStorable(`${path === '' ? 'The chat' : `Its field ${path.slice(0, 100)}`} ${issue?.message ?? ''}.`),
  );
}

const READERS = { export: readExported, chatgpt: readConversation };
type Format = keyof typeof READERS;
const Stored = z.object({ format: z.enum(['export', 'chatgpt']), data: z.unknown() });

/** Reads a chat of a file. @throws {UnusableChatError} */
export function readChat(content: string): SourceChat {
  const { format, data } = Stored.parse(JSON.parse(content));
  return READERS[format](data);
}
