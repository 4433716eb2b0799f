import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import {
  convertToModelMessages,
  createUIMessageStreamResponse,
  streamText,
  toUIMessageStream,
  type UIMessage,
} from 'ai';

const provider = createOpenAICompatible({
  name: 'provider',
  baseURL: process.env['AI_BASE_URL'] ?? '',
  includeUsage: true,
});

/** Follows https://ai-sdk.dev/docs/getting-started/nextjs-app-router; the body names the model. */
export async function POST(req: Request) {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-assignment -- copied from the documentation
  const { model, messages }: { model: string; messages: UIMessage[] } = await req.json();

  const result = streamText({
    model: provider(model),
    messages: await convertToModelMessages(messages),
  });

  return createUIMessageStreamResponse({
    stream: toUIMessageStream({ stream: result.stream }),
  });
}
