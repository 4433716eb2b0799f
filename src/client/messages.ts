import type { UIMessage } from 'ai';
import type { ErrorCode } from '#contract/errors';
import { FILE_PATH } from '#contract/file-limits';
import type { AttachedFile } from './kept-texts.ts';
import type { Outputs } from './trpc.ts';

/** A message in the server's list. */
type StoredMessage = Outputs['chat']['messages']['items'][number];

/** Additional data of a message. Messages that are being sent have none yet. */
export interface MessageMetadata {
  status?: StoredMessage['status'];
  /** The error code of a failed message. */
  error?: ErrorCode | null;
  /** The detail of the error, available only until the page is reloaded. */
  detail?: string;
  /** The model that wrote it. */
  model?: string | null;
  /** All versions of the message including itself, oldest first. */
  branchIds?: string[];
  /** The first message that the model received for the answer; null if it received all. */
  contextFromId?: string | null;
  /** What models get in place of the messages up to this one. */
  summary?: string | null;
  /** The time and tokens of an answer that has ended. */
  usage?: StoredMessage['usage'];
  createdAt?: Date;
}

/** A message in the AI SDK's form. */
export type ChatMessage = UIMessage<MessageMetadata>;

/** Converts a stored message to the AI SDK's form. */
export function toChatMessage({ id, role, parts, ...rest }: StoredMessage): ChatMessage {
  const { status, error, model, branchIds, contextFromId, summary, usage, createdAt } = rest;
  const metadata = { status, error, model, branchIds, contextFromId, summary, usage, createdAt };
  return { id, role, parts, metadata };
}

/**
 * Returns the id of the first message that the model received for the newest answer; `null` if it received all of them,
 * or if a later summary covers those that it did not receive. An answer in progress tells it with its first part.
 */
export function contextStartOf(messages: readonly ChatMessage[]): string | null {
  const answer = messages.findLast(
    ({ role, metadata }) =>
      role === 'assistant' &&
      metadata?.contextFromId !== undefined &&
      (metadata.contextFromId !== null || metadata.status !== 'streaming'),
  );
  const start = answer?.metadata?.contextFromId ?? null;
  const summarized = messages.findLastIndex(({ metadata }) => typeof metadata?.summary === 'string');
  return messages.findIndex(({ id }) => id === start) > summarized ? start : null;
}

/** Returns the text of a message. */
export function textOf(message: ChatMessage): string {
  return message.parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n\n');
}

/** Returns the files of a message. */
export const filesOf = (message: ChatMessage) =>
  message.parts.flatMap((part) => (part.type === 'file' ? [part] : []));

/** Returns the files of a question that were uploaded, with their ids. */
export const attachedFilesOf = (message: ChatMessage): AttachedFile[] =>
  filesOf(message).flatMap(({ url, mediaType, filename = '' }) =>
    url.startsWith(FILE_PATH) ? [{ id: url.slice(FILE_PATH.length), filename, mediaType, url }] : [],
  );

/** Returns the reasoning of the model, if there is any. */
export function reasoningOf(message: ChatMessage): string {
  return message.parts.flatMap((part) => (part.type === 'reasoning' ? [part.text] : [])).join('\n\n');
}

/** Returns the parts of a message that are Markdown: all text of an answer, nothing of a question. */
export const writtenIn = (message: ChatMessage): { text: string; reasoning: string } =>
  message.role === 'user'
    ? { text: '', reasoning: '' }
    : { text: textOf(message), reasoning: reasoningOf(message) };

/**
 * Merges the messages on the page with the server's list.
 * @param shown the messages on the page, newest last.
 * @param stored the messages of the server, newest last.
 * @param busy true if this page is receiving an answer. Then only messages older than all shown ones are added, because
 *   the server's list does not have the rest of the answer yet.
 */
export function mergeMessages(shown: ChatMessage[], stored: ChatMessage[], busy: boolean): ChatMessage[] {
  if (busy) {
    const [first] = shown;
    const known = first ? stored.findIndex((message) => message.id === first.id) : -1;
    return known > 0 ? [...stored.slice(0, known), ...shown] : shown;
  }
  const byId = new Map(shown.map((message) => [message.id, message]));
  return stored.map((message) => {
    // The server stores the parts of an answer when it ends. Until then this page may have received more.
    const known = message.metadata?.status === 'streaming' ? byId.get(message.id) : undefined;
    return known && known.parts.length > 0 ? { ...message, parts: known.parts } : message;
  });
}

/** True if two values of a message are equal: JSON with dates. */
function isEqual(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (one instanceof Date || other instanceof Date) {
    return one instanceof Date && other instanceof Date && one.getTime() === other.getTime();
  }
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const entries = Object.entries(one);
  const others = new Map(Object.entries(other));
  return (
    entries.length === others.size &&
    entries.every(([key, value]) => others.has(key) && isEqual(value, others.get(key)))
  );
}

/**
 * Returns a function that replaces a message by the same object as before if it has not changed. A refreshed list of the
 * server consists of new objects, and would otherwise render each message again. The AI SDK may change an answer in place
 * after it has been shown, so messages are compared with copies.
 */
export function stableMessages(): (message: ChatMessage) => ChatMessage {
  const newest = new Map<string, { message: ChatMessage; copy: ChatMessage }>();
  const compared = new WeakMap<ChatMessage, ChatMessage>();
  return (message) => {
    const known = compared.get(message);
    if (known) return known;
    const before = newest.get(message.id);
    const isSame = before !== undefined && isEqual(before.copy, message);
    const same = isSame ? before.message : message;
    if (!isSame) {
      const copy = { ...message, parts: message.parts.map((part) => ({ ...part })) };
      newest.set(message.id, { message, copy });
    }
    compared.set(message, same);
    return same;
  };
}
