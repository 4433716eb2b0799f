import { setTimeout as pause } from 'node:timers/promises';
import type {
  LanguageModelV4Prompt,
  LanguageModelV4StreamPart,
  LanguageModelV4Usage,
} from '@ai-sdk/provider';
import { CONTINUE } from '#server/models/continue';
import type { Conversation } from './reply.ts';

/** The pause before each piece of a streamed answer, in milliseconds. */
const PAUSE_MS = 12;
/** Keeps the longest answer to some three seconds: beyond, a piece has more than one word. */
const MAX_PIECES = 250;
/** What is read of a message, in characters: no question about an installation is longer, and a search has a price. */
const MAX_QUESTION = 1000;

const FINISHED = { unified: 'stop', raw: undefined } as const;

/** The last user message and the exchange before it, texts only. */
export function conversationOf(prompt: LanguageModelV4Prompt): Conversation {
  const said = { user: [''], assistant: [''] };
  for (const message of prompt) {
    if (message.role !== 'user' && message.role !== 'assistant') continue;
    said[message.role].push(textOf(message).trim());
  }
  const question = said.user.at(-1)?.slice(0, MAX_QUESTION) ?? '';
  const earlier = said.user.at(-2)?.slice(0, MAX_QUESTION);
  return earlier
    ? { question, previous: { question: earlier, answer: said.assistant.at(-1) ?? '' } }
    : { question };
}

/**
 * An answer of the guide that broke off and shall be gone on with.
 * @returns what was asked, and what the guide said of its answer; `undefined` when the prompt is another.
 */
export function unfinishedIn(
  prompt: LanguageModelV4Prompt,
): { asked: LanguageModelV4Prompt; said: string } | undefined {
  const [answer, request] = prompt.slice(-2);
  if (answer?.role !== 'assistant' || request?.role !== 'user' || textOf(request) !== CONTINUE)
    return undefined;
  return { asked: prompt.slice(0, -2), said: textOf(answer) };
}

/** What is left of an answer when `said` was said of it; all of it, when that was another answer. */
export function restOf(answer: string, said: string): string {
  return answer.startsWith(said) ? answer.slice(said.length) : `\n\n${answer}`;
}

/** A finished answer, as `doGenerate` gives it. */
export function spoken(prompt: LanguageModelV4Prompt, text: string) {
  return {
    content: [{ type: 'text' as const, text }],
    finishReason: FINISHED,
    usage: usageOf(prompt, text),
    warnings: [],
  };
}

/** The same answer as a stream, word by word with a pause before each. Aborting breaks it off with an AbortError. */
export async function* streamReply(
  prompt: LanguageModelV4Prompt,
  text: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<LanguageModelV4StreamPart, void> {
  const id = 'text-0';
  yield { type: 'stream-start', warnings: [] };
  yield { type: 'text-start', id };
  for (const delta of piecesOf(text)) {
    await pause(PAUSE_MS, undefined, signal && { signal });
    yield { type: 'text-delta', id, delta };
  }
  yield { type: 'text-end', id };
  yield { type: 'finish', finishReason: FINISHED, usage: usageOf(prompt, text) };
}

function piecesOf(text: string): string[] {
  const words = text.match(/\s*\S+\s*/g) ?? [];
  const size = Math.ceil(words.length / MAX_PIECES);
  const pieces: string[] = [];
  for (let index = 0; index < words.length; index += size)
    pieces.push(words.slice(index, index + size).join(''));
  return pieces;
}

/** The guide has no tokens; words are counted in their place, which is close enough to compare with. */
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

function countWords(text: string): number {
  return text.match(/\S+/g)?.length ?? 0;
}
