import type { UIMessage, UIMessageChunk } from 'ai';
import type { Env } from '#server/env';
import { type AppError, toAppError } from '#server/errors';
import type { Logger } from '#server/log/index';
import type { Models } from '#server/models/index';
import { answerTooLong, createMeter } from './answer-limits.ts';
import { addedText, createChunkList } from './chunks.ts';
import { joinContinuation } from './continue.ts';
import type { NewRun } from './engine.ts';
import { mostInputTokens } from './quota.ts';
import { failed, streamModel, stopped } from './run-model.ts';
import type { Ending } from './run-store.ts';
import { estimate, type Usage } from './usage.ts';

/** How long a model has to end its answer after it was told to, in milliseconds. Then nobody waits for it any more. */
const ABORT_GRACE_MS = 5_000;

/** Why an answer is ended before its model ends it. */
export type AbortReason = 'stopped' | 'interrupted' | 'too long' | 'lost';

/** The means to end an answer. */
export interface Abort {
  signal: AbortSignal;
  /** Why it was aborted, when it was. */
  reason: AbortReason | null;
  /** Aborts the answer; only the first reason counts. */
  abort: (reason: AbortReason) => void;
}

interface AnswerDeps {
  env: Env;
  log: Logger;
  models: Models;
}

/** Everything a run has written, its opening included, and how it ended. */
export interface WrittenAnswer {
  chunks: readonly UIMessageChunk[];
  ending: Ending;
}

/**
 * Has a model write the answer of a run, within the limits AI_ANSWER_CHARACTERS, AI_ANSWER_PARTS and AI_ANSWER_SECONDS.
 * It ends 5 seconds after an abort at the latest, whatever the model does. Never throws.
 * @param write is given each chunk; the model is read as fast as it resolves.
 */
export async function writeAnswer(
  { env, log, models }: AnswerDeps,
  run: NewRun,
  control: Abort,
  write: (chunk: UIMessageChunk) => Promise<void>,
): Promise<WrittenAnswer> {
  const list = createChunkList(run.opening);
  const meter = createMeter(env);
  for (const chunk of run.opening) meter.admit(chunk);
  let ending: Ending | null = null;
  const instructions = env.AI_INSTRUCTIONS;
  let asked: UIMessage[] | null = null;
  let said = 0;
  let isEnded = false;

  async function compose(): Promise<void> {
    if (meter.isOver()) {
      control.abort('too long');
      return;
    }
    const conversation = await run.conversation;
    const model = models.resolve(run.model, run.keys);
    asked = conversation;
    const speech = streamModel(model, { instructions, conversation, reserved: run.reserved }, control.signal);
    for await (const spoken of run.unfinished ? joinContinuation(speech, run.unfinished.parts) : speech) {
      if (isEnded) return;
      if ('ending' in spoken) {
        if (spoken.failure) report(spoken.failure);
        ending = run.model === 'guide' ? { ...spoken.ending, usage: null } : spoken.ending;
        continue;
      }
      const chunk = meter.admit(spoken.chunk);
      if (meter.isOver()) control.abort('too long');
      if (!chunk) continue;
      said += Buffer.byteLength(addedText(chunk));
      list.add(chunk);
      await write(chunk);
    }
  }

  const timer = setTimeout(() => {
    control.abort('too long');
  }, env.AI_ANSWER_SECONDS * 1000);
  const composed = compose().catch((err: unknown) => {
    const failure = toAppError(err);
    report(failure);
    ending ??= { ...failed(failure, run.requestId ?? undefined), usage: usageSoFar() };
  });
  await Promise.race([composed, graceAfter(control.signal)]);
  isEnded = true;
  clearTimeout(timer);
  return { chunks: list.chunks, ending: finalEnding() };

  /** A limit that ends an answer is no failure. */
  function report(failure: AppError): void {
    if (failure.kind === 'ANSWER_TOO_LONG') return;
    const { runId, requestId, model } = run;
    log.error({ err: failure.cause ?? failure, code: failure.kind, runId, requestId, model }, 'a run failed');
  }

  function usageSoFar(): Usage | null {
    if (!asked || run.model === 'guide') return null;
    return estimate(mostInputTokens(instructions, asked), said, run.reserved);
  }

  function finalEnding(): Ending {
    const usage = ending ? ending.usage : usageSoFar();
    if (control.reason === 'too long') return { ...failed(answerTooLong(env)), usage };
    if (control.reason === 'interrupted') return { ...stopped('interrupted'), usage };
    return ending ?? { ...stopped(control.reason === 'stopped' ? 'stopped' : 'interrupted'), usage };
  }
}

/** Resolves ABORT_GRACE_MS after `signal` was aborted. */
function graceAfter(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wait = () => void setTimeout(resolve, ABORT_GRACE_MS).unref();
    if (signal.aborted) wait();
    else signal.addEventListener('abort', wait, { once: true });
  });
}
