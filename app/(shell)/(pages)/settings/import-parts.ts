/** The maximum size of a part as it is sent, in bytes. A request may have 1 MiB. */
const MAX_PART_BYTES = 1_000_000;
/** The maximum number of chats of a part. */
const MAX_PART_CHATS = 500;

/** A part of a file, as the server takes it, or a chat that is too large for one. */
type Part = { content: string } | { tooLarge: string };

/** A file with chats. */
interface ChatFile {
  total: number;
  parts: () => Generator<Part>;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const encoder = new TextEncoder();
/** The bytes of a text within the JSON of a request. */
const sizeOf = (text: string) => encoder.encode(JSON.stringify(text)).length;

/** Leaves out what is large and not imported: the metadata of messages of ChatGPT. */
const withoutMetadata = (key: string, value: unknown) => (key === 'metadata' ? undefined : value);

/** A chat as JSON, with its messages if the format has them beside it. */
interface Piece {
  title: string;
  chat: string;
  messages: string[];
  /** Its project as JSON, if it is in one. */
  project: string | null;
}

const titleOf = (chat: unknown) => (isRecord(chat) && typeof chat['title'] === 'string' ? chat['title'] : '');

function* piecesOf(
  chats: unknown[],
  messages: ReadonlyMap<unknown, unknown[]>,
  projects: ReadonlyMap<unknown, string>,
): Generator<Piece> {
  for (const chat of chats) {
    const own = isRecord(chat) ? (messages.get(chat['id']) ?? []) : [];
    yield {
      title: titleOf(chat),
      chat: JSON.stringify(chat, withoutMetadata),
      messages: own.map((message) => JSON.stringify(message)),
      project: (isRecord(chat) ? projects.get(chat['projectId']) : null) ?? null,
    };
  }
}

function* partsOf(pieces: Iterable<Piece>, join: (pieces: Piece[]) => string): Generator<Part> {
  let part: Piece[] = [];
  let size = 0;
  const flush = (): Part => ({ content: join(part) });
  for (const piece of pieces) {
    const texts = [piece.chat, ...piece.messages, piece.project ?? ''];
    const added = texts.reduce((sum, json) => sum + sizeOf(json), 0);
    if (added > MAX_PART_BYTES) {
      yield { tooLarge: piece.title };
      continue;
    }
    if (part.length > 0 && (size + added > MAX_PART_BYTES || part.length === MAX_PART_CHATS)) {
      yield flush();
      part = [];
      size = 0;
    }
    part.push(piece);
    size += added;
  }
  if (part.length > 0) yield flush();
}

const joinConversations = (pieces: Piece[]) => `[${pieces.map(({ chat }) => chat).join(',')}]`;
const projectsOf = (pieces: Piece[]) => new Set(pieces.flatMap(({ project }) => project ?? []));
const joinExport = (pieces: Piece[]) =>
  `{"projects":[${[...projectsOf(pieces)].join(',')}],"chats":${joinConversations(pieces)},"messages":[${pieces.flatMap(({ messages }) => messages).join(',')}]}`;

/**
 * Divides a file into parts with whole chats, so that a file of any size can be imported.
 * @param text our export, or the conversations.json of ChatGPT.
 * @returns `null` for a file without chats.
 */
export function readChatFile(text: string): ChatFile | null {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    return null;
  }
  if (Array.isArray(file)) {
    const conversations: unknown[] = file;
    return {
      total: conversations.length,
      parts: () => partsOf(piecesOf(conversations, new Map(), new Map()), joinConversations),
    };
  }
  if (!isRecord(file) || !Array.isArray(file['chats']) || !Array.isArray(file['messages'])) return null;
  const chats: unknown[] = file['chats'];
  const stored: unknown[] = file['messages'];
  const messages = new Map<unknown, unknown[]>(
    chats.map((chat) => [isRecord(chat) ? chat['id'] : undefined, []]),
  );
  for (const message of stored) if (isRecord(message)) messages.get(message['chatId'])?.push(message);
  const listed: unknown[] = Array.isArray(file['projects']) ? file['projects'] : [];
  const projects = new Map(
    listed.map((project) => [isRecord(project) ? project['id'] : undefined, JSON.stringify(project)]),
  );
  return { total: chats.length, parts: () => partsOf(piecesOf(chats, messages, projects), joinExport) };
}
