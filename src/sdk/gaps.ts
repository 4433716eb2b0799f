import type { ServerEvent } from './core.ts';
import { StreamGoneError } from './generated/errors.gen.ts';
import type { AnswerPart } from './part.ts';

type Events = AsyncIterable<ServerEvent<AnswerPart[]>>;

/**
 * The events of an answer. If those that are missing are not kept any more, the answer is read again from the stored
 * message, and continues after what was seen of it.
 * @param open follows the answer from its beginning.
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

/** What was seen of an answer. */
class Seen {
  /** How many characters of text and of reasoning, and how many of each other part. */
  readonly #counts = new Map<string, number>();
  /** The block that is being written. */
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

  /** Takes up to `most` of what was seen of a type. @returns how much there was. */
  #take(type: string, most: number): number {
    const taken = Math.min(most, this.#counts.get(type) ?? 0);
    this.#count(type, -taken);
    return taken;
  }

  /** The parts that were not seen. @param whole all parts of the answer. */
  restOf(whole: readonly AnswerPart[]): AnswerPart[] {
    const rest: AnswerPart[] = [];
    /** The beginning of a block, until something new is in it. */
    let begun: AnswerPart | undefined;
    let id: string | undefined;
    for (const part of whole) {
      const { type } = part;
      if (type === 'text-start' || type === 'reasoning-start') begun = part;
      else if (type === 'text-delta' || type === 'reasoning-delta') {
        const delta = part.delta.slice(this.#take(type, part.delta.length));
        if (delta === '') continue;
        // What is new of a block that was begun continues it.
        id ??= delta.length < part.delta.length ? this.#open : undefined;
        if (begun && id === undefined) rest.push(begun);
        begun = undefined;
        rest.push(id === undefined ? { ...part, delta } : { ...part, id, delta });
      } else if (type === 'text-end' || type === 'reasoning-end') {
        if (!begun) rest.push(id === undefined ? part : { ...part, id });
        if (id !== undefined) this.#open = undefined;
        [begun, id] = [undefined, undefined];
      } else if (ENDINGS.includes(type) || this.#take(type, 1) === 0) rest.push(part);
    }
    return rest;
  }
}
