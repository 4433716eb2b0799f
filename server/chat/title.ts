import { generateText, type LanguageModel, type UIMessage } from 'ai';
import { maxInputTokens } from './quota.ts';
import { completeUsage, estimate, type Usage } from './usage.ts';

const INSTRUCTIONS =
  'Name this conversation in at most six words. Answer with the name only, without quotes.';
const MAX_OUTPUT = 200;
const MAX_LENGTH = 60;
const TIMEOUT_MS = 20_000;

/** Returns a title for a question: its first line, cut at a word. */
export function titleFrom(question: string): string {
  const [first = ''] = question.trim().split('\n', 1);
  const words = first.replace(/\s+/g, ' ').trim();
  if (words.length <= MAX_LENGTH) return words || 'New chat';
  const cut = words.slice(0, MAX_LENGTH);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(' '), MAX_LENGTH / 2)).trimEnd()}…`.toWellFormed();
}

/** A request to a model for a title. */
export interface TitleRequest {
  prompt: string;
  /** The maximum of input tokens. */
  input: number;
  /** The maximum of output tokens. */
  output: number;
}

/** Returns the request for the title of a chat with this first exchange. */
export function titleRequest(question: string, answer: string): TitleRequest {
  const prompt = `Question:\n${question.slice(0, 2000)}\n\nAnswer:\n${answer.slice(0, 2000)}`;
  const message: UIMessage = { id: '', role: 'user', parts: [{ type: 'text', text: prompt }] };
  return { prompt, input: maxInputTokens(INSTRUCTIONS, [message]), output: MAX_OUTPUT };
}

/**
 * Lets a language model write a title for the first exchange of a chat.
 * @returns at most 60 characters, or `''` if the model returned nothing useful, and the usage.
 */
export async function titleByModel(
  model: LanguageModel,
  { prompt, input, output }: TitleRequest,
): Promise<{ title: string; usage: Usage }> {
  const { text, usage } = await generateText({
    model,
    instructions: INSTRUCTIONS,
    prompt,
    maxOutputTokens: output,
    maxRetries: 0,
    abortSignal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const [first = ''] = text.trim().split('\n', 1);
  return {
    title: titleFrom(first.replace(/^["'#*\s]+|["'*\s.]+$/g, '')).replace(/^New chat$/, ''),
    usage: completeUsage(usage, estimate(input, Buffer.byteLength(text), { input, output })),
  };
}
