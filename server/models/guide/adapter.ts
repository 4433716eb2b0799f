import { setTimeout as pause } from 'node:timers/promises';
import type {
  LanguageModelV4Prompt,
  LanguageModelV4StreamPart,
  LanguageModelV4Usage,
} from '@ai-sdk/provider';
import { CONTINUE } from '#server/models/continue';
import type { Conversation } from './reply.ts';

/** The pause before each chunk of a streamed answer, in milliseconds. */
const PAUSE_MS = 12;
/** Limits the longest answer to about three seconds. In longer answers, a chunk has more than one word. */
const MAX_CHUNKS = 250;
/** How many characters of a message are read. Questions about an installation are shorter, and a search costs time. */
const MAX_QUESTION = 1000;

const FINISHED = { unified: 'stop', raw: undefined } as const;

/** Returns the texts of the last user message and the exchange before it. */
export function conversationOf(prompt: LanguageModelV4Prompt): Conversation {
  const texts = { user: [''], assistant: [''] };
  let files: string[] = [];
  for (const message of prompt) {
    if (message.role !== 'user' && message.role !== 'assistant') continue;
    texts[message.role].push(textOf(message).trim());
    if (message.role === 'user') files = filesOf(message);
  }
  const question = texts.user.at(-1)?.slice(0, MAX_QUESTION) ?? '';
  const earlier = texts.user.at(-2)?.slice(0, MAX_QUESTION);
  return {
    question,
    ...(files.length > 0 && { files }),
    ...(earlier && { previous: { question: earlier, answer: texts.assistant.at(-1) ?? '' } }),
  };
}

/**
 * Recognizes the request to continue an interrupted answer of the guide.
 * @returns the original prompt and the beginning of its answer; `undefined` for other prompts.
 */
export function unfinishedIn(
  prompt: LanguageModelV4Prompt,
): { prompt: LanguageModelV4Prompt; beginning: string } | undefined {
  const [answer, request] = prompt.slice(-2);
  if (answer?.role !== 'assistant' || request?.role !== 'user' || textOf(request) !== CONTINUE)
    return undefined;
  return { prompt: prompt.slice(0, -2), beginning: textOf(answer) };
}

/** Returns the rest of an answer after `beginning`, or all of it if it starts differently. */
export function restOf(answer: string, beginning: string): string {
  return answer.startsWith(beginning) ? answer.slice(beginning.length) : `\n\n${answer}`;
}

/** Returns a finished answer as the result of `doGenerate`. */
export function generateResult(prompt: LanguageModelV4Prompt, text: string) {
  return {
    content: [{ type: 'text' as const, text }],
    finishReason: FINISHED,
    usage: usageOf(prompt, text),
    warnings: [],
  };
}

/** Streams an answer word by word, with a pause before each. Throws an AbortError if aborted. */
export async function* streamReply(
  prompt: LanguageModelV4Prompt,
  text: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<LanguageModelV4StreamPart, void> {
  const id = 'text-0';
  yield { type: 'stream-start', warnings: [] };
  yield { type: 'text-start', id };
  for (const delta of chunksOf(text)) {
    await pause(PAUSE_MS, undefined, signal && { signal });
    yield { type: 'text-delta', id, delta };
  }
  yield { type: 'text-end', id };
  yield { type: 'finish', finishReason: FINISHED, usage: usageOf(prompt, text) };
}

function chunksOf(text: string): string[] {
  const words = text.match(/\s*\S+\s*/g) ?? [];
  const size = Math.ceil(words.length / MAX_CHUNKS);
  const chunks: string[] = [];
  for (let index = 0; index < words.length; index += size)
    chunks.push(words.slice(index, index + size).join(''));
  return chunks;
}

/** Counts words instead of tokens, because the guide has none. This is close enough for comparisons. */
function usageOf(prompt: LanguageModelV4Prompt, text: string): LanguageModelV4Usage {
  const input = prompt.reduce((sum, message) => sum + countWords(textOf(message)), 0);
  const output = countWords(text);
  return {
    inputTokens: { total: input, noCache: input, cacheRead: 0, cacheWrite: 0 },
    outputTokens: { total: output, text: output, reasoning: 0 },
  };
}

function textOf({ content }: LanguageModelV4Prompt[number]): string {
  if (typeof content === 'string') return content;
  return content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
}

/** Returns the names of the files of a message. */
function filesOf({ content }: LanguageModelV4Prompt[number]): string[] {
  if (typeof content === 'string') return [];
  return content.flatMap((part) => (part.type === 'file' ? [part.filename ?? part.mediaType] : []));
}

function countWords(text: string): number {
  return text.match(/\S+/g)?.length ?? 0;
}
