import type { UIMessage } from 'ai';
import type { ErrorCode } from '#contract/errors';
import type { Outputs } from './trpc.ts';

/** A message as the server lists it. */
type StoredMessage = Outputs['chat']['messages']['items'][number];

/** What is known of a message beside its parts. Messages on their way have none of it yet. */
export interface MessageMetadata {
  status?: StoredMessage['status'];
  /** Why it failed. */
  error?: ErrorCode | null;
  /** Why it failed, in words; only while the page that saw it is open. */
  detail?: string;
  /** The model that wrote it. */
  model?: string | null;
  /** Its versions, itself among them, oldest first. */
  branchIds?: string[];
}

/** A message in the AI SDK's form. */
export type ChatMessage = UIMessage<MessageMetadata>;

/** A stored message in the AI SDK's form. */
export function toChatMessage({ id, role, parts, ...rest }: StoredMessage): ChatMessage {
  const { status, error, model, branchIds } = rest;
  return { id, role, parts, metadata: { status, error, model, branchIds } };
}

/** The text of a message. */
export function textOf(message: ChatMessage): string {
  return message.parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n\n');
}

/** What the model thought before it answered, where it told. */
export function reasoningOf(message: ChatMessage): string {
  return message.parts.flatMap((part) => (part.type === 'reasoning' ? [part.text] : [])).join('\n\n');
}

/**
 * What to show when the server's list of messages has arrived.
 * @param shown what is shown now, newest last.
 * @param stored what the server has, newest last.
 * @param busy whether an answer is on its way to this page: then only what is older than everything shown is taken
 *   over, for the server's list cannot hold what has not been written yet.
 */
export function mergeMessages(shown: ChatMessage[], stored: ChatMessage[], busy: boolean): ChatMessage[] {
  if (busy) {
    const [first] = shown;
    const known = first ? stored.findIndex((message) => message.id === first.id) : -1;
    return known > 0 ? [...stored.slice(0, known), ...shown] : shown;
  }
  const byId = new Map(shown.map((message) => [message.id, message]));
  return stored.map((message) => {
    // The server writes the parts of an answer when it has ended; until then what has arrived here is more.
    const known = message.metadata?.status === 'streaming' ? byId.get(message.id) : undefined;
    return known && known.parts.length > 0 ? { ...message, parts: known.parts } : message;
  });
}
