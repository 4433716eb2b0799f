import type { UIMessageChunk } from 'ai';
import type { Env } from '#server/env';
import { AppError } from '#server/errors';
import { addedText, isPlainDelta, withText } from './chunks.ts';

type Limits = Pick<Env, 'AI_ANSWER_CHARACTERS' | 'AI_ANSWER_PARTS'>;

/** The characters of names and ids that do not count in a chunk that only opens or closes a block or a step. */
const FREE = 200;
const IS_FRAME = /^(text|reasoning)-(start|end)$|^(start|finish|reset)(-step)?$/;

/** Chunks that add to a part, or to the message as a whole. */
const ADDS_NO_PART =
  /-(end|delta)$|^(start|finish|finish-step|reset-step|abort|error|message-metadata)$|^tool-(output|approval)-/;

/** The error of an answer that exceeds a limit. */
export function answerTooLong(
  env: Pick<Env, 'AI_ANSWER_CHARACTERS' | 'AI_ANSWER_PARTS' | 'AI_ANSWER_SECONDS'>,
) {
  return new AppError('ANSWER_TOO_LONG', {
    detail:
      `An answer may have ${env.AI_ANSWER_CHARACTERS} characters and ${env.AI_ANSWER_PARTS} parts ` +
      `and take ${env.AI_ANSWER_SECONDS} seconds. This one was ended at the limit.`,
  });
}

/** Returns how many characters a chunk adds to the stored answer. */
function sizeOf(chunk: UIMessageChunk): number {
  if (isPlainDelta(chunk)) return addedText(chunk).length;
  const size = JSON.stringify(chunk).length;
  return IS_FRAME.test(chunk.type) ? Math.max(size - FREE, 0) : size;
}

/** Counts the characters and parts of one answer. */
export function createMeter({ AI_ANSWER_CHARACTERS, AI_ANSWER_PARTS }: Limits) {
  let characters = AI_ANSWER_CHARACTERS;
  let parts = AI_ANSWER_PARTS;
  let isOver = false;
  /** The tool calls that have a part. */
  const calls = new Set<string>();

  function addsPart(chunk: UIMessageChunk): boolean {
    if (ADDS_NO_PART.test(chunk.type)) return false;
    if (!('toolCallId' in chunk)) return true;
    const isNew = !calls.has(chunk.toolCallId);
    calls.add(chunk.toolCallId);
    return isNew;
  }

  return {
    /** True if a chunk did not fit. Then the answer must end. */
    isOver: () => isOver,

    /** Counts a chunk. @returns as much of it as fits: the chunk, the beginning of its text, or `null`. */
    admit(chunk: UIMessageChunk): UIMessageChunk | null {
      if (isOver) return null;
      const size = sizeOf(chunk);
      if (addsPart(chunk)) parts--;
      isOver = parts < 0 || size > characters;
      if (!isOver) {
        characters -= size;
        return chunk;
      }
      if (!isPlainDelta(chunk) || characters === 0) return null;
      return withText(chunk, beginning(addedText(chunk), characters));
    },
  };
}

/** Returns the first `length` characters of a text, or one less in order not to split a surrogate pair. */
function beginning(text: string, length: number): string {
  const end = /[\ud800-\udbff]/.test(text.charAt(length - 1)) ? length - 1 : length;
  return text.slice(0, end);
}
