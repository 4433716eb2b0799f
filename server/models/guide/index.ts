import type { LanguageModelV4, LanguageModelV4Prompt, LanguageModelV4StreamPart } from '@ai-sdk/provider';
import type { GuideSource } from './entries.ts';
import { createReply } from './reply.ts';
import { conversationOf, generateResult, restOf, streamReply, unfinishedIn } from './adapter.ts';
import { PRODUCT } from '#contract/product';

export type { GuideProcedure, GuideSetting, GuideSource } from './entries.ts';

/**
 * Creates the offline guide. It answers questions about this installation by searching its documentation, procedures
 * and settings, quotes its sources, and says that it is not a language model. It needs no key and no network, follows
 * no instructions and calls no tools. It reads the documentation at the first question.
 */
export function createGuide(source: GuideSource): LanguageModelV4 {
  let loading: ReturnType<typeof createReply> | undefined;

  async function answer(prompt: LanguageModelV4Prompt): Promise<string> {
    loading ??= createReply(source);
    try {
      const reply = await loading;
      const unfinished = unfinishedIn(prompt);
      if (!unfinished) return reply(conversationOf(prompt));
      return restOf(reply(conversationOf(unfinished.prompt)), unfinished.beginning);
    } catch (error) {
      // The next question reads the files again.
      loading = undefined;
      throw error;
    }
  }

  return {
    specificationVersion: 'v4',
    provider: PRODUCT.slug,
    modelId: 'guide',
    supportedUrls: {},
    async doGenerate({ prompt }) {
      return generateResult(prompt, await answer(prompt));
    },
    async doStream({ prompt, abortSignal }) {
      const parts = streamReply(prompt, await answer(prompt), abortSignal);
      return {
        stream: new ReadableStream<LanguageModelV4StreamPart>(
          {
            async pull(controller) {
              const { done, value } = await parts.next();
              if (done) controller.close();
              else controller.enqueue(value);
            },
            async cancel() {
              await parts.return();
            },
          },
          { highWaterMark: 0 },
        ),
      };
    },
  };
}
