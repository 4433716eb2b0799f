import { Answer } from './answer.ts';
import { overGaps } from './gaps.ts';
import { type Input, path } from './generated/input.ts';
import { ChatsApi } from './generated/operations.gen.ts';
import type { CallOptions } from './generated/options.ts';
import type { AnswerState, ChatAskData } from './generated/types.gen.ts';
import type { AnswerPart } from './part.ts';

/** Chats and the answers in them. */
export class Chats extends ChatsApi {
  /**
   * Sends a question to a chat and starts an answer. The request is sent immediately. Read the answer with `for await`
   * or `text()`.
   * @param options `signal` stops reading. Only `stop()` stops the answer.
   */
  override ask(chatId: string, question: string, options?: CallOptions): Answer;
  /**
   * Asks a question, by default in a new chat, and waits for the whole answer: up to `waitSeconds`, then `answer` waits
   * again.
   * @param options its `timeoutMs` must be longer than `waitSeconds`.
   */
  override ask(input: Input<ChatAskData>, options?: CallOptions): Promise<AnswerState>;
  override ask(
    asked: string | Input<ChatAskData>,
    more?: string | CallOptions,
    options?: CallOptions,
  ): Answer | Promise<AnswerState> {
    if (typeof asked !== 'string') return super.ask(asked, typeof more === 'string' ? options : more);
    const chatId = asked;
    const parts = [{ type: 'text' as const, text: typeof more === 'string' ? more : '' }];
    const sent = this.send(chatId, { parts }, options);
    return this.#answer(
      chatId,
      sent.then(({ runId }) => runId),
      options,
    );
  }

  /** Follows an answer from its beginning: that of the given run, or else the one in progress in the chat. */
  follow(chatId: string, runId?: string, options?: CallOptions): Answer {
    const known =
      runId === undefined
        ? this.get(chatId, options).then(({ activeRunId }) => activeRunId ?? undefined)
        : Promise.resolve(runId);
    return this.#answer(chatId, known, options);
  }

  #answer(chatId: string, runId: Promise<string | undefined>, options?: CallOptions): Answer {
    return new Answer(runId, {
      follow: (run) =>
        overGaps(() =>
          this._core.events<AnswerPart[]>(
            { method: 'GET', path: path`/chats/${chatId}/stream`, input: { runId: run } },
            options,
          ),
        ),
      stop: () => this.stop(chatId),
    });
  }
}
