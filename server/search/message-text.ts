import type { UIMessage } from 'ai';
import { toStorable } from './fold.ts';

/** Returns the text parts of a message, each on a line of its own. Replaces characters that PostgreSQL cannot store. */
export function textOf(parts: UIMessage['parts']): string {
  const texts = parts.flatMap((part) => (part.type === 'text' ? [part.text] : []));
  return toStorable(texts.join('\n'));
}
