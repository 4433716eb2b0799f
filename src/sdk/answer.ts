import type { ServerEvent } from './generated/core.ts';
import { SwitchboardError } from './generated/error.ts';
import type { AnswerPart } from './part.ts';

/** The operations of a chat that an answer needs. */
export interface AnswerSource {
  /** Follows the run from its beginning. */
  follow: (runId: string) => AsyncIterable<ServerEvent<AnswerPart[]>>;
  stop: () => Promise<unknown>;
}

/** The model could not finish its answer. The text so far is kept in the chat. */
export class AnswerFailedError extends SwitchboardError {
  override readonly name = 'AnswerFailedError';

  constructor(message: string) {
    super(message, { code: 'ANSWER_FAILED' });
  }
}

/**
 * An answer in progress. The server writes it even if no client reads it. `for await` yields each part once, from the
 * first on, and reconnects if the connection drops. You can iterate again, also after the end.
 */
export class Answer implements AsyncIterable<AnswerPart> {
  /** The run that writes the answer, or undefined if there is none. Rejects if the server rejects the question. */
  readonly runId: Promise<string | undefined>;
  readonly #source: AnswerSource;

  constructor(runId: Promise<string | undefined>, source: AnswerSource) {
    this.runId = runId;
    this.#source = source;
    // Reading, stopping and awaiting all report the rejection. If the program does none of them, it must not crash.
    runId.catch(() => undefined);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<AnswerPart, void, void> {
    const runId = await this.runId;
    if (runId === undefined) return;
    for await (const { data } of this.#source.follow(runId)) yield* data;
  }

  /**
   * Waits until the answer is finished or stopped, and returns its text.
   * @throws {AnswerFailedError} if the model failed.
   */
  async text(): Promise<string> {
    let text = '';
    for await (const part of this) {
      if (part.type === 'text-delta') text += part.delta;
      if (part.type === 'error') throw new AnswerFailedError(part.errorText);
    }
    return text;
  }

  /** Stops the answer. The text so far is kept, and all readers reach the end. */
  async stop(): Promise<void> {
    if ((await this.runId) !== undefined) await this.#source.stop();
  }
}
