import type { UIMessage } from 'ai';
import type { Chat, Message } from '#contract/chat';
import { fileSize } from './files/part.ts';
import { shownText } from './shown-text.ts';

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
    const text = messageText(message);
    length += text.length;
    if (length > MAX_LENGTH) break;
    kept.unshift(text);
  }
  const isWhole = kept.length === messages.length && !hasMore;
  return [
    titleText({ title }),
    ...(isWhole ? [] : ['[Older messages are left out. The tool chat_messages lists them.]']),
    ...kept,
  ].join('\n\n');
}

/** Returns the heading of a chat as Markdown. */
export const titleText = ({ title }: Pick<Chat, 'title'>): string => `# ${title === '' ? 'New chat' : title}`;

/** Returns a message as Markdown, with its author and the names of its files. */
export function messageText({ role, status, parts }: Pick<Message, 'role' | 'status' | 'parts'>): string {
  const note = status === 'complete' ? '' : ` (${status})`;
  const content = [shownText(parts), fileList(parts)].filter((text) => text !== '');
  return `## ${AUTHORS[role]}${note}\n\n${content.join('\n\n')}`;
}

/** Returns a summary of the messages above it as Markdown. */
export const summaryText = (summary: string): string => `## Summary of the messages above\n\n${summary}`;

const numbers = new Intl.NumberFormat('en');

/** Puts a backslash before each character that could be Markdown. */
const escaped = (text: string) => text.replace(/[\\`*_[\]<>&~|$]/g, String.raw`\$&`);

/** Returns a list of the files of a message: the name, type and size of each. */
function fileList(parts: UIMessage['parts']): string {
  const lines = parts.flatMap((part) => {
    if (part.type !== 'file') return [];
    const size = fileSize(part);
    const facts = [part.mediaType, ...(size === null ? [] : [`${numbers.format(size)} bytes`])];
    return [`- File: ${escaped(part.filename ?? 'without a name')} (${facts.join(', ')})`];
  });
  return lines.join('\n');
}
