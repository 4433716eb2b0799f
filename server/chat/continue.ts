import type { UIMessage } from 'ai';
import { CONTINUE } from '#server/models/continue';
import type { ModelEvent } from './run-model.ts';
import { type Cut, withoutRepetition } from './seam.ts';

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
 * Joins the output of a model to the answer that it continues. Text goes on in the block that was being written, in the
 * same step, without what the model repeats of it. For an answer that was not begun, nothing changes.
 */
export async function* joinContinuation(
  events: AsyncIterable<ModelEvent>,
  { text, tail, inStep }: Cut,
): AsyncGenerator<ModelEvent, void, void> {
  const unrepeated = withoutRepetition(tail);
  let isInStep = inStep;
  /** The model's id of the text that goes on; undefined before its start. */
  let joined: string | undefined;
  let isOpen = text !== null;
  for await (const event of events) {
    const chunk = 'chunk' in event ? event.chunk : null;
    if (isInStep && chunk?.type === 'start-step') {
      isInStep = false;
      continue;
    }
    if (text === null || !isOpen) {
      yield event;
      continue;
    }
    if (chunk?.type === 'text-start' && joined === undefined) {
      joined = chunk.id;
      continue;
    }
    const isOfText = chunk !== null && 'id' in chunk && chunk.id === joined;
    if (isOfText && chunk.type === 'text-delta') {
      const delta = unrepeated(chunk.delta);
      if (delta !== '') yield { chunk: { ...chunk, id: text, delta } };
      continue;
    }
    const isEnd = isOfText && chunk.type === 'text-end';
    if (isEnd || !chunk) {
      isOpen = false;
      const delta = unrepeated();
      if (delta !== '') yield { chunk: { type: 'text-delta', id: text, delta } };
    }
    if (isEnd || isComplete(event)) yield { chunk: { type: 'text-end', id: text } };
    if (!isEnd) yield event;
  }
}

const isComplete = (event: ModelEvent) => 'ending' in event && event.ending.status === 'complete';
