import type { Chat, Message } from '#contract/chat';
import { textOf } from '#server/search/message-text';

/** The number of characters of the messages, because clients limit what they give to a model. */
const MAX_LENGTH = 40_000;

const AUTHORS: Record<Message['role'], string> = { user: 'User', assistant: 'Assistant' };

/**
 * Returns a chat as Markdown for a model: its title, and as many of its newest messages as fit.
 * @param hasMore true if the chat has messages before these.
 */
export function transcriptOf(
  { title }: Pick<Chat, 'title'>,
  messages: readonly Pick<Message, 'role' | 'status' | 'parts'>[],
  hasMore: boolean,
): string {
  const kept: string[] = [];
  let length = 0;
  for (const message of messages.toReversed()) {
    const text = describe(message);
    length += text.length;
    if (length > MAX_LENGTH) break;
    kept.unshift(text);
  }
  const isWhole = kept.length === messages.length && !hasMore;
  return [
    `# ${title === '' ? 'New chat' : title}`,
    ...(isWhole ? [] : ['[Older messages are left out. The tool chat_messages lists them.]']),
    ...kept,
  ].join('\n\n');
}

function describe({ role, status, parts }: Pick<Message, 'role' | 'status' | 'parts'>): string {
  const note = status === 'complete' ? '' : ` (${status})`;
  return `## ${AUTHORS[role]}${note}\n\n${textOf(parts)}`;
}
