import type { LanguageModel } from 'ai';
import type { Attributes } from '#server/otlp/encode';
import { inSpan, tracing } from '#server/tracing/spans';
import type { NewRun } from './engine.ts';
import type { Usage } from './usage.ts';

/** Writes an answer in a span: of the request that asked for it if that is traced, or of a trace of its own after a takeover. */
export async function inRunSpan(run: NewRun, work: () => Promise<void>): Promise<void> {
  if (tracing.tracer === undefined) return work();
  const attributes = {
    'switchboard.run_id': run.runId,
    'switchboard.request_id': run.requestId ?? undefined,
    'switchboard.is_taken_over': run.isTakenOver === true,
    'gen_ai.conversation.id': run.chatId,
    'gen_ai.request.model': run.model,
  };
  await inSpan(() => ({ name: 'answer', attributes }), work, run.isTakenOver);
}

/** Names of providers in the conventions, if they differ from ours. */
const PROVIDERS: Record<string, string> = { google: 'gcp.gemini' };

/** What is known at the end of the call of a model. */
interface ModelEnd {
  reason: string | undefined;
  usage: Usage;
  /** The code of the error, if it failed. */
  error: string | undefined;
}

/**
 * Begins the span of the call of a model, by the conventions for generative AI, without the texts.
 * @returns `undefined` if it is not recorded.
 */
export function startModelSpan(
  model: LanguageModel,
  maxTokens: number | undefined,
): { end: (result: ModelEnd) => void } | undefined {
  const { tracer } = tracing;
  if (tracer === undefined) return undefined;
  const name = typeof model === 'string' ? model : model.modelId;
  // Such as `openai.responses`.
  const [provider = ''] = (typeof model === 'string' ? '' : model.provider).split('.', 1);
  const attributes: Attributes = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': PROVIDERS[provider] ?? provider,
    'gen_ai.request.model': name,
    'gen_ai.request.max_tokens': maxTokens,
    'gen_ai.output.type': 'text',
  };
  const span = tracer.start(() => ({ name: `chat ${name}`, kind: 'client', attributes }));
  if (span === undefined) return undefined;
  return {
    end({ reason, usage, error }) {
      span.set({
        ...(reason !== undefined && { 'gen_ai.response.finish_reasons': [reason] }),
        'gen_ai.usage.input_tokens': usage.inputTokens ?? undefined,
        'gen_ai.usage.output_tokens': usage.outputTokens ?? undefined,
      });
      if (error !== undefined) span.fail(error);
      span.end();
    },
  };
}
