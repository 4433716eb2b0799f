import type { UIMessage } from 'ai';
import type { ErrorCode } from '#contract/errors';
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
}

/** A message in the AI SDK's form. */
export type ChatMessage = UIMessage<MessageMetadata>;

/** Converts a stored message to the AI SDK's form. */
export function toChatMessage({ id, role, parts, ...rest }: StoredMessage): ChatMessage {
  const { status, error, model, branchIds } = rest;
  return { id, role, parts, metadata: { status, error, model, branchIds } };
}

/** Returns the text of a message. */
export function textOf(message: ChatMessage): string {
  return message.parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n\n');
}

/** Returns the reasoning of the model, if there is any. */
export function reasoningOf(message: ChatMessage): string {
  return message.parts.flatMap((part) => (part.type === 'reasoning' ? [part.text] : [])).join('\n\n');
}

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
