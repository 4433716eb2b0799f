import { generateText, type LanguageModel } from 'ai';

const MAX_LENGTH = 60;
const TIMEOUT_MS = 20_000;

/** A title out of what was asked: its first line, cut at a word. */
export function titleFrom(question: string): string {
  const [first = ''] = question.trim().split('\n', 1);
  const words = first.replace(/\s+/g, ' ').trim();
  if (words.length <= MAX_LENGTH) return words || 'New chat';
  const cut = words.slice(0, MAX_LENGTH);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(' '), MAX_LENGTH / 2)).trimEnd()}…`.toWellFormed();
}

/**
 * A title for the first exchange of a chat, by a language model.
 * @returns at most 60 characters, or `''` when the model said nothing useful.
 */
export async function titleByModel(model: LanguageModel, question: string, answer: string): Promise<string> {
  const { text } = await generateText({
    model,
    instructions: 'Name this conversation in at most six words. Answer with the name only, without quotes.',
    prompt: `Question:\n${question.slice(0, 2000)}\n\nAnswer:\n${answer.slice(0, 2000)}`,
    maxOutputTokens: 200,
    maxRetries: 0,
    abortSignal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const [first = ''] = text.trim().split('\n', 1);
  return titleFrom(first.replace(/^["'#*\s]+|["'*\s.]+$/g, '')).replace(/^New chat$/, '');
}
