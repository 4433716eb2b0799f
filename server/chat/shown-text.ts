import type { UIMessage } from 'ai';

/** Returns the text of a message as the chat shows it: its text parts, without reasoning, tools and files. */
export const shownText = (parts: UIMessage['parts']): string =>
  parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n\n');
