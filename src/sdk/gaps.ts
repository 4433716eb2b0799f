import type { ServerEvent } from './generated/core.ts';
import { StreamGoneError } from './generated/errors.gen.ts';
import type { AnswerPart } from './part.ts';

type Events = AsyncIterable<ServerEvent<AnswerPart[]>>;

/**
 * Yields the events of an answer. If the server no longer has the missing events, the answer is read again from the
 * stored message. Parts that were already yielded are skipped.
 * @param open opens a stream of the answer from its beginning.
 */
export async function* overGaps(open: () => Events): AsyncGenerator<ServerEvent<AnswerPart[]>, void, void> {
  const seen = new Seen();
  try {
    for await (const event of open()) {
      event.data.forEach((part) => seen.add(part));
      yield event;
    }
  } catch (error) {
    if (!(error instanceof StreamGoneError)) throw error;
    for await (const { id, data } of open()) yield { id, data: seen.restOf(data) };
  }
}

const ENDINGS: readonly string[] = ['finish', 'abort', 'error', 'data-error', 'message-metadata'];

/** The parts of an answer that were already yielded. */
class Seen {
  /** The number of characters of text and of reasoning, and the number of parts of each other type. */
  readonly #counts = new Map<string, number>();
  /** The id of the block that has started but not ended. */
  #open: string | undefined;

  add(part: AnswerPart): void {
    const { type } = part;
    if (type === 'text-delta' || type === 'reasoning-delta') this.#count(type, part.delta.length);
    else if (type === 'text-start' || type === 'reasoning-start') this.#open = part.id;
    else if (type === 'text-end' || type === 'reasoning-end') this.#open = undefined;
    else this.#count(type, 1);
  }

  #count(type: string, more: number): void {
    this.#counts.set(type, (this.#counts.get(type) ?? 0) + more);
  }

  /** Takes up to `most` from the count of a type. @returns the number taken. */
  #take(type: string, most: number): number {
    const taken = Math.min(most, this.#counts.get(type) ?? 0);
    this.#count(type, -taken);
    return taken;
  }

  /** Returns the parts that were not yielded yet. @param whole all parts of the answer. */
  restOf(whole: readonly AnswerPart[]): AnswerPart[] {
    const rest: AnswerPart[] = [];
    /** The start of a block, until the block has a new part. */
    let start: AnswerPart | undefined;
    let id: string | undefined;
    for (const part of whole) {
      const { type } = part;
      if (type === 'text-start' || type === 'reasoning-start') start = part;
      else if (type === 'text-delta' || type === 'reasoning-delta') {
        const delta = part.delta.slice(this.#take(type, part.delta.length));
        if (delta === '') continue;
        // The new text of a block that has already started continues that block.
        id ??= delta.length < part.delta.length ? this.#open : undefined;
        if (start && id === undefined) rest.push(start);
        start = undefined;
        rest.push(id === undefined ? { ...part, delta } : { ...part, id, delta });
      } else if (type === 'text-end' || type === 'reasoning-end') {
        if (!start) rest.push(id === undefined ? part : { ...part, id });
        if (id !== undefined) this.#open = undefined;
        [start, id] = [undefined, undefined];
      } else if (ENDINGS.includes(type) || this.#take(type, 1) === 0) rest.push(part);
    }
    return rest;
  }
}
