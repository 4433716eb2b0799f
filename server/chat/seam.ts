import type { UIMessageChunk } from 'ai';
import { addedText } from './chunks.ts';

/** The longest repetition that is looked for, in UTF-16 code units. */
const MAX_REPEATED = 200;
/** The shortest text that counts as a repetition. A shorter one may be the right continuation, as in "co" + "coa". */
const MIN_REPEATED = 3;

/** Where an answer was cut. */
export interface Cut {
  /** The id of the text that was being written; `null` if none was. */
  text: string | null;
  /** The end of that text. */
  tail: string;
  /** The ids of the reasoning that was being written. */
  reasoning: string[];
  /** True if a step of the model had begun and not ended. */
  inStep: boolean;
}

/** Finds out where a log ends. */
export function cutOf(chunks: Iterable<UIMessageChunk>): Cut {
  const texts = new Map<string, string>();
  const reasoning = new Set<string>();
  let inStep = false;
  for (const chunk of chunks) {
    switch (chunk.type) {
      case 'text-start':
        texts.set(chunk.id, '');
        break;
      case 'text-delta':
        texts.set(chunk.id, ((texts.get(chunk.id) ?? '') + addedText(chunk)).slice(-MAX_REPEATED));
        break;
      case 'text-end':
        texts.delete(chunk.id);
        break;
      case 'reasoning-start':
        reasoning.add(chunk.id);
        break;
      case 'reasoning-end':
        reasoning.delete(chunk.id);
        break;
      case 'start-step':
      case 'finish-step':
        inStep = chunk.type === 'start-step';
        break;
      default:
    }
  }
  const [text, tail] = [...texts].at(-1) ?? [null, ''];
  return { text, tail, reasoning: [...reasoning], inStep };
}

const IS_WORD = /[\p{L}\p{N}\p{M}_]/u;

/** True if a text at the end of another one may be a repetition: it starts with a whole word, and has several signs. */
function isRepetition(repeated: string, before: string): boolean {
  if (repeated.length < MIN_REPEATED) return false;
  if (IS_WORD.test(before) && IS_WORD.test(repeated.charAt(0))) return false;
  return /\p{L}/u.test(repeated) || /\p{N}\P{N}+\p{N}/u.test(repeated);
}

/**
 * Removes what a model repeats of the end of a text that it was asked to continue: the longest end of `tail` that the
 * new text begins with, up to 200 UTF-16 code units. An end that starts within a word, or is very short, stays.
 * @returns a function from a delta to the text to add now. It holds text back while that may become a repetition.
 * Without a delta, it returns what it holds back.
 */
export function withoutRepetition(tail: string): (delta?: string) => string {
  const end = tail.slice(-MAX_REPEATED);
  const ends = Array.from({ length: end.length }, (_, index) => end.slice(index));
  let held = '';
  let isDecided = false;

  return (delta) => {
    if (isDecided) return delta ?? '';
    held += delta ?? '';
    const mayGrow = ends.some((text) => text.length > held.length && text.startsWith(held));
    if (delta !== undefined && mayGrow) return '';
    isDecided = true;
    const index = ends.findIndex(
      (text, at) => held.startsWith(text) && isRepetition(text, end.charAt(at - 1)),
    );
    return index < 0 ? held : held.slice(end.length - index);
  };
}
