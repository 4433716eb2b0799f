import { type AnyTRPCRouter, callTRPCProcedure, isTrackedEnvelope } from '@trpc/server';
import { z } from 'zod';
import { Chat, MessageChunk, Run } from '#contract/chat';
import { ChatFile } from '#contract/files';
import {
  type Call,
  HEARTBEAT_MS,
  invalidInput,
  isAbortError,
  isAsyncIterable,
  mediaType,
  parseJson,
  readBody,
  type SseEvent,
  sseResponse,
  type Surface,
  untilRevoked,
} from '#layer/index';
import { requirePermission } from '#server/access';
import { AppError, errorData, notFound, toAppError } from '#server/errors';
import { reportFailure } from '#server/failures';
import { requireActor } from '#server/people/authenticator';
import type { Context } from '#server/people/context';
import type { Attachment } from './attachments.ts';
import { type AnswerIds, toClientChunks } from './chunks.ts';
import { readSubmission } from './submission.ts';

/** A client sends its whole conversation with every message, so this body may be larger than others. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;
/** For the same reason, it may have more values than others. */
const MAX_VALUES = 100_000;

/** The advice in the error if a conversation has become too large for a request. */
const REMEDY =
  'Send the newest message only: give DefaultChatTransport the option ' +
  'prepareSendMessagesRequest: ({ id, messages, trigger }) => ({ body: { id, trigger, message: messages.at(-1) } })';

/**
 * Counts the request as one call, whatever procedures it takes, and checks that the caller may call them.
 * @throws {AppError} TOO_MANY_REQUESTS, MAINTENANCE, UNAUTHORIZED, FORBIDDEN
 */
async function admit(context: Context, type: 'query' | 'mutation'): Promise<void> {
  await context.admission.admitOne();
  if (type === 'mutation') context.deps.maintenance.requireOff();
  requirePermission({ name: 'chat.send', access: 'signed-in' }, type, await requireActor(context));
}

const isKind = (error: unknown, kind: AppError['kind']) => error instanceof AppError && error.kind === kind;

const isOutOfTime = (reason: unknown) => isKind(reason, 'TIMEOUT');

const tooLarge = () =>
  new AppError('PAYLOAD_TOO_LARGE', {
    detail: `The messages exceed the limit of ${MAX_BODY_BYTES} bytes. ${REMEDY}`,
  });

/**
 * Yields the chunks of a run as server-sent events of the AI SDK's UI-message stream protocol, one chunk each. The
 * first releases of AI SDK 5, 6 and 7 accept them.
 * @param revoked when aborted, no further chunk is sent, not even the rest of the current list.
 */
async function* toEvents(
  values: AsyncIterable<unknown>,
  ids: AnswerIds,
  revoked: AbortSignal,
): AsyncGenerator<SseEvent, void, void> {
  for await (const value of values) {
    if (!isTrackedEnvelope(value)) continue;
    const chunks = z.array(MessageChunk).parse(value[1]);
    for (const chunk of chunks.flatMap((own) => toClientChunks(own, ids))) {
      revoked.throwIfAborted();
      yield { data: JSON.stringify(chunk) };
    }
  }
}

/** The text that `useChat` shows for an error that ended a stream: why it cannot continue, or that it may. */
function errorText(error: AppError, requestId: string): string {
  const { kind, message } = error;
  const { detail } = errorData(error, requestId);
  // In development, the detail tells the developer where the error is.
  const isHelpful = kind === 'UNAUTHORIZED' || kind === 'FORBIDDEN' || detail !== message;
  return isHelpful ? detail : 'The stream was interrupted.';
}

const errorEvent = (text: string): SseEvent => ({ data: JSON.stringify({ type: 'error', errorText: text }) });

/** Returns the event that ends a stream whose answer is still being written, because `useChat` does not reconnect. */
const unfinished = (reason: string) =>
  errorEvent(`${reason} The answer continues: call resumeStream() to follow it.`);

const Values = z.custom<AsyncIterable<unknown>>(isAsyncIterable);

/**
 * `POST /api/chat` and `GET /api/chat/{id}/stream` for an unmodified `useChat`
 * (https://ai-sdk.dev/docs/ai-sdk-ui/stream-protocol). Both call the procedures, so they have the same permissions and
 * the same durable runs. A reader that disconnects does not stop the answer. It reconnects with the GET.
 */
export function createAiChatSurface(router: AnyTRPCRouter): Surface<Context> {
  function call(ctx: Context, path: string, type: 'query' | 'mutation' | 'subscription', input: unknown) {
    const { signal } = ctx.request;
    return callTRPCProcedure({
      router,
      path,
      type,
      ctx,
      signal: type === 'subscription' ? untilRevoked(signal, ctx.revocation().signal) : signal,
      getRawInput: () => Promise.resolve(input),
      batchIndex: 0,
    });
  }

  async function follow(ctx: Context, chatId: string, runId: string): Promise<Response> {
    const values = Values.parse(await call(ctx, 'chat.stream', 'subscription', { chatId, runId }));
    const headers = new Headers([...ctx.responseHeaders]);
    headers.set('x-vercel-ai-ui-message-stream', 'v1');
    return sseResponse(toEvents(values, { chatId, runId }, ctx.revocation().signal), {
      signal: ctx.request.signal,
      heartbeatMs: HEARTBEAT_MS,
      headers,
      aborted: (reason) =>
        isOutOfTime(reason) ? unfinished('This response has reached its maximum duration.') : undefined,
      closing(failure) {
        if (!failure) return { data: '[DONE]' };
        if (isAbortError(failure.error)) return unfinished('This server is restarting.');
        const error = toAppError(failure.error);
        reportFailure(error, ctx, 'chat.stream');
        return errorEvent(errorText(error, ctx.request.id));
      },
    });
  }

  /** Returns the id of a file of a question, which is stored first if it is new. */
  async function store(context: Context, attachment: Attachment): Promise<string> {
    if ('id' in attachment) return attachment.id;
    const { file, pointer } = attachment;
    const stored: unknown = await call(context, 'chat.files.create', 'mutation', { file }).catch(
      (error: unknown) => {
        const { issues } = toAppError(error).options;
        throw issues ? invalidInput(issues.map(({ message }) => ({ pointer, message }))) : error;
      },
    );
    return ChatFile.parse(stored).id;
  }

  async function submit(incoming: Call<Context>): Promise<Response> {
    const context = await incoming.context();
    await admit(context, 'mutation');
    if (mediaType(incoming) !== 'application/json') {
      throw new AppError('UNSUPPORTED_MEDIA_TYPE', { headers: { accept: 'application/json' } });
    }
    const bytes = await readBody(incoming, MAX_BODY_BYTES).catch((error: unknown) => {
      throw isKind(error, 'PAYLOAD_TOO_LARGE') ? tooLarge() : error;
    });
    const submission = readSubmission(parseJson(bytes, { maxValues: MAX_VALUES }));
    const { procedure, input, attachments, located } = submission;
    const files: string[] = [];
    for (const attachment of attachments) files.push(await store(context, attachment));
    const sent = files.length > 0 ? { ...input, files } : input;
    const run: unknown = await call(context, procedure, 'mutation', sent).catch((error: unknown) => {
      throw located(error);
    });
    const { chatId, runId } = Run.parse(run);
    return follow(context, chatId, runId);
  }

  async function resume(incoming: Call<Context>, chatId: string): Promise<Response> {
    const context = await incoming.context();
    await admit(context, 'query');
    const found: unknown = await call(context, 'chat.get', 'query', { id: chatId }).catch(
      (error: unknown) => {
        // useChat requests the stream even before the first message is sent.
        if (isKind(error, 'NOT_FOUND')) return null;
        throw error;
      },
    );
    const chat = Chat.nullable().parse(found);
    if (!chat?.activeRunId) return new Response(null, { status: 204 });
    return follow(context, chat.id, chat.activeRunId);
  }

  return async (incoming) => {
    const { method: sent, path } = incoming;
    const streamOf = /^\/api\/chat\/([A-Za-z0-9_-]{1,64})\/stream$/.exec(path)?.[1];
    if (path !== '/api/chat' && streamOf === undefined) throw notFound('chat');
    const method = streamOf === undefined ? 'POST' : 'GET';
    if (sent !== method) throw new AppError('METHOD_NOT_ALLOWED', { headers: { allow: method } });
    return streamOf === undefined ? submit(incoming) : resume(incoming, streamOf);
  };
}
