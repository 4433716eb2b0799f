import { createHash } from 'node:crypto';
import { type AnyTRPCRouter, callTRPCProcedure, isTrackedEnvelope } from '@trpc/server';
import { z } from 'zod';
import { MAX_PARTS, MessageChunk, Run } from '#contract/chat';
import { Id } from '#contract/common';
import { getKnown } from '#server/chat/chats';
import { type Actor, type Context, untilRevoked } from '#server/context';
import { AppError, invalidInput, notFound, toAppError, zodIssues } from '#server/errors';
import { reportFailure } from '#server/failures';
import { requireActor } from '#server/identify';
import { mediaType, parseJson, readBody } from '#server/http';
import { HEARTBEAT_MS } from '#server/limits';
import { type SseEvent, sseResponse } from '#server/sse';
import type { Call, Surface } from '#server/surfaces/surface';

/** A client sends its whole conversation with every message, so this body may be larger than others. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;
/** And it has more values than others. */
const MAX_VALUES = 100_000;

const TextPart = z.object({
  type: z.literal('text', { error: 'only text parts are accepted' }),
  text: z.string(),
});

/** A list whose items are not looked at. */
const List = z.custom<readonly unknown[]>(
  (value) => Array.isArray(value) && value.length > 0,
  'must be a list of at least one item',
);

/** What `useChat` sends (DefaultChatTransport). Only the last message is looked at, because we have the others. */
const Submission = z.object({
  id: Id,
  trigger: z.enum(['submit-message', 'regenerate-message']).default('submit-message'),
  messageId: z.string().optional(),
  messages: List,
});

const Question = z.object({
  id: z.string(),
  role: z.literal('user', { error: 'the last message must be a user message' }),
  parts: List.refine(({ length }) => length <= MAX_PARTS, `may have ${MAX_PARTS} items at most`),
});

/** Counts the request as one call, whatever procedures it takes. @throws {AppError} TOO_MANY_REQUESTS, UNAUTHORIZED */
async function admit(context: Context): Promise<Actor> {
  await context.admission.admitOne();
  return requireActor(context);
}

const isNotFound = (error: unknown) => error instanceof AppError && error.kind === 'NOT_FOUND';

/**
 * The chunks of a run as server-sent events of the AI SDK's UI-message stream protocol, one chunk each.
 * @param revoked when aborted, even the chunks that came with the last one are not sent any more.
 */
async function* toEvents(
  values: AsyncIterable<unknown>,
  revoked: AbortSignal,
): AsyncGenerator<SseEvent, void, void> {
  for await (const value of values) {
    if (!isTrackedEnvelope(value)) continue;
    for (const chunk of z.array(MessageChunk).parse(value[1])) {
      revoked.throwIfAborted();
      yield { data: JSON.stringify(chunk) };
    }
  }
}

/** What `useChat` shows of an error that ended a stream: why it will not go on, or that it may. */
function errorText({ kind, message }: AppError): string {
  return kind === 'UNAUTHORIZED' || kind === 'FORBIDDEN' ? message : 'The stream broke off.';
}

const Values = z.custom<AsyncIterable<unknown>>(
  (value) => typeof value === 'object' && value !== null && Symbol.asyncIterator in value,
);

/**
 * `POST /api/chat` and `GET /api/chat/{id}/stream` for an unmodified `useChat`
 * (https://ai-sdk.dev/docs/ai-sdk-ui/stream-protocol). Both go through the procedures: the same permissions and the
 * same durable runs. A reader that goes away does not stop the answer; it comes back with the GET.
 */
export function createAiChatSurface(router: AnyTRPCRouter): Surface {
  function call(ctx: Context, path: string, type: 'query' | 'mutation' | 'subscription', input: unknown) {
    const { signal } = ctx.request;
    return callTRPCProcedure({
      router,
      path,
      type,
      ctx,
      signal: type === 'subscription' ? untilRevoked(signal, ctx.revocation) : signal,
      getRawInput: () => Promise.resolve(input),
      batchIndex: 0,
    });
  }

  async function follow(ctx: Context, chatId: string, runId: string): Promise<Response> {
    const values = Values.parse(await call(ctx, 'chat.stream', 'subscription', { chatId, runId }));
    const headers = new Headers(ctx.responseHeaders);
    headers.set('x-vercel-ai-ui-message-stream', 'v1');
    return sseResponse(toEvents(values, ctx.revocation.signal), {
      signal: ctx.request.signal,
      heartbeatMs: HEARTBEAT_MS,
      headers,
      closing(failure) {
        if (!failure) return { data: '[DONE]' };
        const error = toAppError(failure.error);
        reportFailure(error, ctx, 'chat.stream');
        return { data: JSON.stringify({ type: 'error', errorText: errorText(error) }) };
      },
    });
  }

  async function submit({ request, context }: Call): Promise<Response> {
    await admit(context);
    if (mediaType(request.headers) !== 'application/json') {
      throw new AppError('UNSUPPORTED_MEDIA_TYPE', { headers: { accept: 'application/json' } });
    }
    const body = parseJson(await readBody(request, MAX_BODY_BYTES), { maxValues: MAX_VALUES });
    const parsed = Submission.safeParse(body);
    if (!parsed.success) throw invalidInput(zodIssues(parsed.error));
    const { id, trigger, messageId, messages } = parsed.data;
    if (trigger === 'regenerate-message') {
      const input = { chatId: id, ...(messageId !== undefined && { messageId }) };
      return followNew(context, 'chat.regenerate', input);
    }
    const index = messages.length - 1;
    const last = Question.safeParse(messages[index]);
    if (!last.success) throw invalidInput(zodIssues(last.error, `/messages/${index}`));
    const parts = z.array(TextPart).safeParse(last.data.parts);
    if (!parts.success) throw invalidInput(zodIssues(parts.error, `/messages/${index}/parts`));
    const said = { chatId: id, parts: parts.data };
    const send = () =>
      followNew(context, 'chat.send', { ...said, clientRequestId: last.data.id, createChat: true });
    if (messageId === undefined) return send();
    // useChat names the message that this one takes the place of: a stored question, or one that was never received.
    const clientRequestId = `edit:${createHash('sha256')
      .update(JSON.stringify([messageId, said]))
      .digest('base64url')}`;
    const edited: unknown = await call(context, 'chat.edit', 'mutation', {
      ...said,
      messageId,
      clientRequestId,
    }).catch((error: unknown) => {
      if (isNotFound(error)) return null;
      throw error;
    });
    if (edited === null) return send();
    const { chatId, runId } = Run.parse(edited);
    return follow(context, chatId, runId);
  }

  /** Starts a run and follows it. */
  async function followNew(ctx: Context, path: string, input: object): Promise<Response> {
    const { chatId, runId } = Run.parse(await call(ctx, path, 'mutation', input));
    return follow(ctx, chatId, runId);
  }

  async function resume({ context }: Call, clientId: string): Promise<Response> {
    const actor = await admit(context);
    const chat = await getKnown(context.deps, actor, clientId);
    if (chat.activeRunId === null) return new Response(null, { status: 204 });
    return follow(context, chat.id, chat.activeRunId);
  }

  return async (incoming) => {
    const { request, url } = incoming;
    const streamOf = /^\/api\/chat\/([A-Za-z0-9_-]{1,64})\/stream$/.exec(url.pathname)?.[1];
    if (url.pathname !== '/api/chat' && streamOf === undefined) throw notFound('chat');
    const method = streamOf === undefined ? 'POST' : 'GET';
    if (request.method !== method) throw new AppError('METHOD_NOT_ALLOWED', { headers: { allow: method } });
    return streamOf === undefined ? submit(incoming) : resume(incoming, streamOf);
  };
}
