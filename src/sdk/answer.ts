import type { ServerEvent } from './core.ts';
import { SwitchboardError } from './error.ts';
import type { AnswerPart } from './part.ts';

/** What an answer needs of the chat it is written in. */
export interface AnswerSource {
  /** Follows the run from its beginning. */
  follow: (runId: string) => AsyncIterable<ServerEvent<AnswerPart[]>>;
  stop: () => Promise<unknown>;
}

/** The model could not finish its answer; what was written is kept in the chat. */
export class AnswerFailedError extends SwitchboardError {
  override readonly name = 'AnswerFailedError';

  constructor(message: string) {
    super(message, { code: 'ANSWER_FAILED' });
  }
}

/**
 * An answer on its way. The server writes it whether or not anybody reads. `for await` goes through its parts from the
 * first, each once, over cut connections; it may be done again, also after the end.
 */
export class Answer implements AsyncIterable<AnswerPart> {
  /** The run that writes the answer; undefined when none does. Rejects when the question was not accepted. */
  readonly runId: Promise<string | undefined>;
  readonly #source: AnswerSource;

  constructor(runId: Promise<string | undefined>, source: AnswerSource) {
    this.runId = runId;
    this.#source = source;
    // Whoever reads, stops or waits is told; a question that nobody waits for does not end the program.
    runId.catch(() => undefined);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<AnswerPart, void, void> {
    const runId = await this.runId;
    if (runId === undefined) return;
    for await (const { data } of this.#source.follow(runId)) yield* data;
  }

  /**
   * The text of the whole answer, once it is finished or stopped.
   * @throws {AnswerFailedError} when the model failed.
   */
  async text(): Promise<string> {
    let text = '';
    for await (const part of this) {
      if (part.type === 'text-delta') text += part.delta;
      if (part.type === 'error') throw new AnswerFailedError(part.errorText);
    }
    return text;
  }

  /** Stops the answer; what is written stays, and whoever reads it comes to the end. */
  async stop(): Promise<void> {
    if ((await this.runId) !== undefined) await this.#source.stop();
  }
}
