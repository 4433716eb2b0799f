import type { TextUIPart, UIMessage, UIMessageChunk } from 'ai';
import { z } from 'zod';
import type { Env } from '#server/env';
import { contextTokens } from '#server/models/context';
import { fileReader } from '#server/models/files';
import { fileTokens } from './files/part.ts';

/**
 * The UTF-8 bytes that count as one token. Tokenizers need about 4 bytes of English, 3 of code and other European
 * languages, and 3 of Chinese or Japanese, so this rarely underestimates. The JSON around a text is counted too.
 */
const BYTES_PER_TOKEN = 3;
/** The share of the context that the input may take. The rest is for the answer, its reasoning, and estimates. */
const INPUT_SHARE = 0.75;

/** What a model gets: messages that begin with a question, after a summary of those before them, if there is one. */
export interface Conversation {
  messages: UIMessage[];
  summary: string | null;
  /** The id of the first message, if older ones are left out; otherwise `null`. */
  fromId: string | null;
}

/** The characters and tokens that still fit into a conversation. Negative if it is over a limit. */
export interface Room {
  characters: number;
  tokens: number;
  /** True for files that the model reads itself. It gets the text of others. */
  reads: (mediaType: string) => boolean;
}

const tokensOf = (text: string) => Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN);

/** Returns the room of a conversation of a model beside its instructions. */
export function roomFor(
  env: Pick<Env, 'AI_CONTEXT_CHARACTERS' | 'AI_CONTEXT_TOKENS' | 'AI_FILE_INPUTS'>,
  model: string,
  instructions: string,
): Room {
  const tokens = Math.floor(contextTokens(env, model) * INPUT_SHARE) - tokensOf(instructions);
  return { characters: env.AI_CONTEXT_CHARACTERS, tokens, reads: fileReader(env, model) };
}

/** Returns the room that is left after a message. */
export function roomAfter({ characters, tokens, reads }: Room, parts: UIMessage['parts']): Room {
  const json = JSON.stringify(parts);
  const ofFiles = parts.reduce((sum, part) => sum + fileTokens(part, reads), 0);
  return { characters: characters - json.length, tokens: tokens - tokensOf(json) - ofFiles, reads };
}

export const isOver = ({ characters, tokens }: Omit<Room, 'reads'>) => characters < 0 || tokens < 0;

/** Returns the most bytes of JSON that can fit. A UTF-16 code unit has at most as many bytes as count as a token. */
export const bytesOf = ({ characters, tokens }: Omit<Room, 'reads'>) =>
  BYTES_PER_TOKEN * Math.max(Math.min(characters, tokens), 0);

/** Returns a summary as a part of a question. */
export const summaryPart = (summary: string): TextUIPart => ({
  type: 'text',
  text: `<summary_of_earlier_messages>\n${summary}\n</summary_of_earlier_messages>`,
});

/**
 * Returns the messages that are sent to a model. The first question has the summary before its text, because some models
 * accept only turns that alternate, and as instructions a summary would have more weight than what it summarizes.
 */
export function sentMessages({ messages, summary }: Pick<Conversation, 'messages' | 'summary'>): UIMessage[] {
  const [first, ...others] = messages;
  if (summary === null || !first) return messages;
  const { text } = summaryPart(summary);
  const [part, ...rest] = first.parts;
  const parts: UIMessage['parts'] =
    part?.type === 'text'
      ? [{ ...part, text: `${text}\n\n${part.text}` }, ...rest]
      : [{ type: 'text', text }, ...first.parts];
  return [{ ...first, parts }, ...others];
}

/**
 * Returns a conversation without its older half: as many of the newest turns as have at most half of its size, and
 * always the last one, and its summary. A turn begins with a question.
 * @param isContinuation true if the last two messages are an unfinished answer and the request to continue it.
 * @returns `null` if there is only one turn.
 */
export function withoutOlderHalf(
  { messages, summary }: Conversation,
  isContinuation: boolean,
): Conversation | null {
  const end = isContinuation ? messages.length - 2 : messages.length;
  const sizes = messages.map(({ parts }) => JSON.stringify(parts).length);
  const half = sizes.reduce((sum, size) => sum + size, 0) / 2;
  const turns = messages.flatMap(({ role }, index) => (role === 'user' && index < end ? [index] : []));
  const sizeFrom = (start: number) => sizes.slice(start).reduce((sum, size) => sum + size, 0);
  const start = turns.find((index) => index > 0 && sizeFrom(index) <= half) ?? turns.at(-1);
  const first = start === undefined || start === 0 ? undefined : messages[start];
  return first ? { messages: messages.slice(start), summary, fromId: first.id } : null;
}

const Begun = z.object({ contextFromId: z.string() });

/** Returns the chunk that tells readers where the conversation of the model begins. */
export const contextChunk = (contextFromId: string): UIMessageChunk => ({
  type: 'message-metadata',
  messageMetadata: { contextFromId },
});

/** Returns the first message that the model got for an answer; `null` if its log names none. */
export function contextStart(chunks: readonly UIMessageChunk[]): string | null {
  const found = chunks.findLast(
    (chunk) => chunk.type === 'message-metadata' && Begun.safeParse(chunk.messageMetadata).success,
  );
  return found?.type === 'message-metadata' ? Begun.parse(found.messageMetadata).contextFromId : null;
}
