import type { LanguageModel } from 'ai';
import { type Conversation, contextChunk, sentMessages, withoutOlderHalf } from './context.ts';
import { type ModelEvent, type ModelRequest, streamModel } from './run-model.ts';

/** How often a conversation is halved: enough for a model whose context is 16 times smaller than expected. */
const MAX_HALVINGS = 4;

/** A model call whose conversation may be shortened. */
export interface FittingRequest extends Omit<ModelRequest, 'conversation'> {
  conversation: Conversation;
  /** True if the conversation ends with an unfinished answer and the request to continue it. */
  isContinuation: boolean;
  /** Called with the conversation that is sent next. */
  onShorten: (shorter: Conversation) => void;
}

/** True if the model has rejected the conversation because of its length. */
const isTooLong = (event: ModelEvent) =>
  'ending' in event && event.failure !== null && event.failure.kind === 'CONTEXT_TOO_LONG';

/** True for the start and the end of a step, which surround an error that a provider sends within its stream. */
const isFrame = (event: ModelEvent) =>
  'chunk' in event && (event.chunk.type === 'start-step' || event.chunk.type === 'finish-step');

/**
 * Lets a model answer a conversation, like `streamModel`. If the provider rejects the conversation as too long before
 * anything of the answer has been shown, sends it again without its older half. Before the first chunk of the answer,
 * yields one that tells readers where the conversation begins, if not at its beginning.
 */
export async function* streamFitting(
  model: LanguageModel,
  { conversation, isContinuation, onShorten, ...request }: FittingRequest,
  signal: AbortSignal,
): AsyncGenerator<ModelEvent, void, void> {
  let sent = conversation;
  for (let halvings = 0; ; halvings++) {
    const events = streamModel(model, { ...request, conversation: sentMessages(sent) }, signal);
    /** What has not been shown yet; `null` if something of the answer has. */
    let held: ModelEvent[] | null = [];
    let shorter: Conversation | null = null;
    for await (const event of events) {
      if (held && halvings < MAX_HALVINGS && isTooLong(event))
        shorter = withoutOlderHalf(sent, isContinuation);
      if (shorter) break;
      if (held && isFrame(event)) {
        held.push(event);
        continue;
      }
      if (held && sent.fromId !== null) yield { chunk: contextChunk(sent.fromId) };
      if (held) yield* held;
      held = null;
      yield event;
    }
    if (!shorter) return;
    sent = shorter;
    onShorten(shorter);
  }
}
