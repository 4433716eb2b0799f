import type { UIMessage, UIMessageChunk } from 'ai';
import type { Env } from '#server/env';
import { type AppError, toAppError } from '#server/errors';
import type { Logger } from '#server/log/index';
import { metrics } from '#server/metrics/instruments';
import { type Models, providerOf } from '#server/models/index';
import { temperatureFor } from '#server/models/temperature';
import { answerTooLong, createMeter } from './answer-limits.ts';
import { addedText, createChunkList } from './chunks.ts';
import { joinContinuation } from './continue.ts';
import { wholeCharacters } from './surrogates.ts';
import { cutOf } from './seam.ts';
import { type Conversation, sentMessages } from './context.ts';
import type { NewRun } from './engine.ts';
import type { LoadFiles } from './files/load.ts';
import { maxInputTokens } from './quota.ts';
import { streamFitting } from './run-fitting.ts';
import { failed, stopped } from './run-model.ts';
import type { Ending } from './run-store.ts';
import { estimate, type Usage } from './usage.ts';

/** How long a model may take to end its answer after an abort, in milliseconds. The server does not wait longer. */
const ABORT_GRACE_MS = 5_000;

/**
 * The reason to end an answer before its model does. A `released` answer is continued by another instance, and a `lost`
 * one already belongs to it.
 */
export type AbortReason = 'stopped' | 'interrupted' | 'too long' | 'released' | 'lost';

/** A handle to end an answer. */
export interface Abort {
  signal: AbortSignal;
  /** The reason of the abort; `null` if it was not aborted. */
  reason: AbortReason | null;
  /** Aborts the answer. Only the first reason counts. */
  abort: (reason: AbortReason) => void;
}

interface AnswerDeps {
  env: Env;
  log: Logger;
  models: Models;
  loadFiles: LoadFiles;
}

/** Everything that a run has written, including its opening, and how it ended. */
export interface WrittenAnswer {
  chunks: readonly UIMessageChunk[];
  ending: Ending;
}

/**
 * Lets a model write the answer of a run, within the limits AI_ANSWER_CHARACTERS, AI_ANSWER_PARTS and
 * AI_ANSWER_SECONDS. Ends at most 5 seconds after an abort, even if the model does not respond. Never throws.
 * @param write receives each chunk. The next part of the model is read after its promise has resolved.
 */
export async function writeAnswer(
  { env, log, models, loadFiles }: AnswerDeps,
  run: NewRun,
  control: Abort,
  write: (chunk: UIMessageChunk) => Promise<void>,
): Promise<WrittenAnswer> {
  const list = createChunkList(run.opening);
  const meter = createMeter(env);
  const split = wholeCharacters();
  for (const chunk of run.opening) meter.admit(chunk);
  let ending: Ending | null = null;
  const { instructions } = run;
  let sent: UIMessage[] | null = null;
  let outputBytes = 0;
  let isEnded = false;

  async function compose(): Promise<void> {
    if (meter.isOver()) {
      control.abort('too long');
      return;
    }
    const conversation = await run.conversation;
    const model = models.resolve(run.model, run.keys);
    sent = sentMessages(conversation);
    const isContinuation = sent.at(-2)?.id === run.messageId;
    const { reserved } = run;
    const withFiles = (messages: readonly UIMessage[]) => loadFiles(run, messages);
    const temperature = temperatureFor(run.model, run.temperature);
    const options = { instructions, temperature, withFiles, reserved };
    const request = { ...options, conversation, isContinuation, onShorten };
    const asked = performance.now();
    let hasBegun = false;
    const events = streamFitting(model, request, control.signal);
    // A new answer has only its start, and no further stage between the model and the log.
    const isContinued = run.opening.length > 1;
    for await (const event of isContinued ? joinContinuation(events, cutOf(run.opening)) : events) {
      if (isEnded) return;
      if ('ending' in event) {
        if (event.failure) report(event.failure);
        ending = run.model === 'guide' ? { ...event.ending, usage: null } : event.ending;
        continue;
      }
      const chunk = meter.admit(event.chunk);
      if (meter.isOver()) control.abort('too long');
      if (!chunk) continue;
      const added = addedText(chunk);
      if (!hasBegun && added !== '') {
        hasBegun = true;
        metrics.firstToken.observe((performance.now() - asked) / 1000, providerOf(run.model));
      }
      outputBytes += Buffer.byteLength(added);
      for (const whole of split(chunk)) {
        list.add(whole);
        await write(whole);
      }
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

  function onShorten(shorter: Conversation): void {
    sent = sentMessages(shorter);
    const { runId, requestId, model } = run;
    const fields = { runId, requestId, model, messages: sent.length };
    log.warn(fields, 'a conversation exceeded the context of its model, retrying (set AI_CONTEXT_TOKENS)');
  }

  /** Logs a failure. An answer that reaches a limit has not failed. */
  function report(failure: AppError): void {
    if (failure.kind === 'ANSWER_TOO_LONG') return;
    const { runId, requestId, model } = run;
    metrics.runFailures.add(1, providerOf(model), failure.kind);
    log.error({ err: failure.cause ?? failure, code: failure.kind, runId, requestId, model }, 'a run failed');
  }

  function usageSoFar(): Usage | null {
    if (!sent || run.model === 'guide') return null;
    return estimate(maxInputTokens(instructions, sent), outputBytes, run.reserved);
  }

  function finalEnding(): Ending {
    const usage = ending ? ending.usage : usageSoFar();
    if (control.reason === 'too long') return { ...failed(answerTooLong(env)), usage };
    if (control.reason === 'released') return { ...stopped('interrupted'), usage };
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
