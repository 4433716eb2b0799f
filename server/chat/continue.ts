import type { UIMessage } from 'ai';
import { CONTINUE } from '#server/models/continue';
import { OPEN_TEXT } from './branches.ts';
import type { ModelEvent } from './run-model.ts';

/** The conversation that has a model go on with an answer that broke off. */
export function toContinue(asked: UIMessage[], unfinished: Pick<UIMessage, 'id' | 'parts'>): UIMessage[] {
  if (unfinished.parts.length === 0) return asked;
  return [
    ...asked,
    { id: unfinished.id, role: 'assistant', parts: unfinished.parts },
    { id: 'continue', role: 'user', parts: [{ type: 'text', text: CONTINUE }] },
  ];
}

/**
 * Joins what a model says to an answer that broke off in the middle of a text: its first text goes on with that text
 * instead of beginning another.
 */
export async function* joinContinuation(
  speech: AsyncIterable<ModelEvent>,
  before: UIMessage['parts'],
): AsyncGenerator<ModelEvent, void, void> {
  let joining = before.at(-1)?.type === 'text';
  let joined: string | null = null;
  for await (const spoken of speech) {
    if (!('chunk' in spoken)) {
      yield spoken;
      continue;
    }
    const { chunk } = spoken;
    if (joining && chunk.type === 'start-step') continue;
    if (joining && chunk.type === 'text-start') {
      joining = false;
      joined = chunk.id;
    } else if ((chunk.type === 'text-delta' || chunk.type === 'text-end') && chunk.id === joined) {
      yield { chunk: { ...chunk, id: OPEN_TEXT } };
    } else {
      yield spoken;
    }
  }
}
