import type { UIMessage } from 'ai';
import { CONTINUE } from '#server/models/continue';
import { OPEN_TEXT } from './branches.ts';
import type { ModelEvent } from './run-model.ts';

/** Returns the conversation that asks a model to continue an interrupted answer. */
export function continuationOf(
  conversation: UIMessage[],
  unfinished: Pick<UIMessage, 'id' | 'parts'>,
): UIMessage[] {
  if (unfinished.parts.length === 0) return conversation;
  return [
    ...conversation,
    { id: unfinished.id, role: 'assistant', parts: unfinished.parts },
    { id: 'continue', role: 'user', parts: [{ type: 'text', text: CONTINUE }] },
  ];
}

/**
 * Joins the output of a model to an answer that was interrupted within a text: the first new text extends that text
 * instead of starting another.
 */
export async function* joinContinuation(
  events: AsyncIterable<ModelEvent>,
  before: UIMessage['parts'],
): AsyncGenerator<ModelEvent, void, void> {
  let joining = before.at(-1)?.type === 'text';
  let joined: string | null = null;
  for await (const event of events) {
    if (!('chunk' in event)) {
      yield event;
      continue;
    }
    const { chunk } = event;
    if (joining && chunk.type === 'start-step') continue;
    if (joining && chunk.type === 'text-start') {
      joining = false;
      joined = chunk.id;
    } else if ((chunk.type === 'text-delta' || chunk.type === 'text-end') && chunk.id === joined) {
      yield { chunk: { ...chunk, id: OPEN_TEXT } };
    } else {
      yield event;
    }
  }
}
