import { z } from 'zod';
import {
  Chat,
  ChatContinue,
  ChatCreate,
  ChatDeleteMany,
  ChatEdit,
  ChatFork,
  ChatList,
  ChatPage,
  ChatRegenerate,
  ChatsDeleted,
  ChatSearch,
  ChatSelectBranch,
  ChatSend,
  ChatStop,
  ChatStream,
  ChatUpdate,
  HitPage,
  MessageChunk,
  MessageList,
  MessagePage,
  Models,
  Run,
  Stopped,
} from '#contract/chat';
import { AnswerState, ChatAnswer, ChatAsk } from '#contract/ask';
import { ChatExport, ChatMarkdown, ChatMarkdownGet } from '#contract/chat-export';
import { ById } from '#contract/common';
import { iterable, trackedIterable } from '#layer/index';
import { answer, ask } from '#server/chat/ask';
import { selectBranch } from '#server/chat/branches';
import * as chats from '#server/chat/chats';
import { fork } from '#server/chat/fork';
import { listFound } from '#server/chat/found-chats';
import { markdown } from '#server/chat/markdown';
import * as messages from '#server/chat/messages';
import * as models from '#server/chat/models';
import { search } from '#server/chat/search';
import { edit, regenerate, resume, send } from '#server/chat/send';
import { stream } from '#server/chat/stream';
import { exportChat } from '#server/export';
import { router, signedIn } from '#server/procedures';
import { ENDS, STARTS } from './answer-errors.ts';
import { instructionProcedures } from './chat-instructions.ts';
import { filesRouter } from './chat-files.ts';
import { importsRouter } from './chat-imports.ts';
import { projectProcedures, projectsRouter } from './chat-projects.ts';
import { sharesRouter } from './chat-shares.ts';
import { summaryProcedures } from './chat-summaries.ts';

const tags = ['chat'];

const SEARCH_PAGES =
  'Results are titles, then messages, both newest first. Continue until nextCursor is null.';

/** @param next the name of the procedure that waits again. */
const waits = (next: string) =>
  `If the status is "streaming", the time is up, and the text is what is written so far: call ${next} with the runId to wait again. The server writes the answer even if no caller waits.`;

export const chatRouter = router({
  list: signedIn
    .meta({
      openapi: {
        method: 'GET',
        path: '/chats',
        tags,
        summary: 'List and search your chats',
        errorResponses: [404],
      },
    })
    .input(ChatList)
    .output(ChatPage)
    .query(({ ctx, input }) =>
      (input.search === undefined ? chats.list : listFound)(ctx.deps, ctx.actor, input),
    ),

  search: signedIn
    .meta({
      openapi: {
        method: 'GET',
        path: '/chats/search',
        tags,
        summary: 'Search your chat titles and messages',
        description: SEARCH_PAGES,
      },
    })
    .input(ChatSearch)
    .output(HitPage)
    .query(({ ctx, input }) => search(ctx.deps, ctx.actor, input)),

  create: signedIn
    .meta({
      errors: ['MODEL_UNAUTHORIZED'],
      openapi: {
        method: 'POST',
        path: '/chats',
        tags,
        summary: 'Create a chat',
        errorResponses: [404, 409, 502],
      },
      rest: { status: 201, location: '/chats/{id}' },
    })
    .input(ChatCreate)
    .output(Chat)
    .mutation(({ ctx, input }) => chats.create(ctx.deps, ctx.actor, input)),

  get: signedIn
    .meta({ openapi: { method: 'GET', path: '/chats/{id}', tags, summary: 'Get a chat' } })
    .input(ById)
    .output(Chat)
    .query(({ ctx, input }) => chats.get(ctx.deps, ctx.actor, input.id)),

  update: signedIn
    .meta({
      errors: ['MODEL_UNAUTHORIZED'],
      openapi: {
        method: 'PATCH',
        path: '/chats/{id}',
        tags,
        summary: 'Update a chat: title, pin, archive, model, instructions, keep',
        errorResponses: [502],
      },
    })
    .input(ChatUpdate)
    .output(Chat)
    .mutation(({ ctx, input }) => chats.update(ctx.deps, ctx.actor, input)),

  delete: signedIn
    .meta({
      openapi: { method: 'DELETE', path: '/chats/{id}', tags, summary: 'Delete a chat and its messages' },
    })
    .input(ById)
    .output(z.void())
    .mutation(({ ctx, input }) => chats.remove(ctx.deps, ctx.actor, input.id)),

  // Not for agents, because a text that an agent reads must not be able to make it delete all chats at once.
  deleteMany: signedIn
    .meta({
      mcp: { enabled: false },
      openapi: {
        method: 'POST',
        path: '/chats/delete',
        tags,
        summary: 'Delete several chats and their messages',
        description: 'All in one transaction. Ids that name no chat of yours are ignored.',
      },
    })
    .input(ChatDeleteMany)
    .output(ChatsDeleted)
    .mutation(async ({ ctx, input }) => ({
      deleted: await chats.removeMany(ctx.deps, ctx.actor, input.ids),
    })),

  ...instructionProcedures,
  ...summaryProcedures,
  ...projectProcedures,

  messages: signedIn
    .meta({
      errors: ENDS,
      openapi: { method: 'GET', path: '/chats/{chatId}/messages', tags, summary: 'List messages' },
    })
    .input(MessageList)
    .output(MessagePage)
    .query(({ ctx, input }) => messages.list(ctx.deps, ctx.actor, input)),

  send: signedIn
    .meta({
      errors: STARTS,
      mcp: { idempotencyKey: false },
      openapi: {
        method: 'POST',
        path: '/chats/{chatId}/messages',
        tags,
        summary: 'Send a message and start an answer',
        errorResponses: [502],
        description:
          'The server writes the answer in the background, even if the client disconnects. Follow it with chat.stream.',
      },
      rest: { status: 202 },
    })
    .input(ChatSend)
    .output(Run)
    .mutation(({ ctx, input }) => send(ctx.deps, ctx.actor, input)),

  ask: signedIn
    .meta({
      errors: [...STARTS, ...ENDS],
      mcp: {
        idempotencyKey: false,
        description: `Ask a question and wait for the answer. ${waits('chat_answer')}`,
      },
      openapi: {
        method: 'POST',
        path: '/answers',
        tags,
        summary: 'Ask a question and wait for the answer',
        description: waits('chat.answer'),
        errorResponses: [404, 502],
      },
    })
    .input(ChatAsk)
    .output(AnswerState)
    .mutation(({ ctx, input, signal }) => ask(ctx.deps, ctx.actor, input, signal ?? ctx.request.signal)),

  answer: signedIn
    .meta({
      errors: ENDS,
      mcp: { description: `Wait for an answer. ${waits('chat_answer')}` },
      openapi: {
        method: 'GET',
        path: '/answers/{runId}',
        tags,
        summary: 'Wait for an answer',
        description: waits('chat.answer'),
      },
    })
    .input(ChatAnswer)
    .output(AnswerState)
    .query(({ ctx, input, signal }) => answer(ctx.deps, ctx.actor, input, signal ?? ctx.request.signal)),

  stream: signedIn
    .meta({
      errors: ['STREAM_GONE', ...ENDS],
      openapi: {
        enabled: false,
        method: 'GET',
        path: '/chats/{chatId}/stream',
        tags,
        summary: 'Follow an answer in progress',
      },
      rest: { sse: true },
    })
    .input(ChatStream)
    .output(
      trackedIterable(z.array(MessageChunk).describe('UI-message chunks that were committed together.')),
    )
    .subscription(({ ctx, input, signal }) =>
      stream(ctx.deps, ctx.actor, input, signal ?? ctx.request.signal),
    ),

  stop: signedIn
    .meta({
      mcp: { idempotencyKey: false },
      openapi: {
        method: 'POST',
        path: '/chats/{chatId}/stop',
        tags,
        summary: 'Stop an answer',
        description: 'The text so far is kept.',
      },
      rest: { status: 202 },
    })
    .input(ChatStop)
    .output(Stopped)
    .mutation(async ({ ctx, input }) => ({ stopped: await ctx.deps.runs.stop(ctx.actor, input.chatId) })),

  regenerate: signedIn
    .meta({
      errors: STARTS,
      mcp: { idempotencyKey: false },
      openapi: {
        method: 'POST',
        path: '/chats/{chatId}/regenerate',
        tags,
        summary: 'Regenerate an answer',
        errorResponses: [502],
      },
      rest: { status: 202 },
    })
    .input(ChatRegenerate)
    .output(Run)
    .mutation(({ ctx, input }) => regenerate(ctx.deps, ctx.actor, input)),

  continue: signedIn
    .meta({
      errors: STARTS,
      mcp: { idempotencyKey: false },
      openapi: {
        method: 'POST',
        path: '/chats/{chatId}/continue',
        tags,
        summary: 'Continue an answer',
        errorResponses: [502],
        description: 'For an answer that is not complete. The continuation is added to the same message.',
      },
      rest: { status: 202 },
    })
    .input(ChatContinue)
    .output(Run)
    .mutation(({ ctx, input }) => resume(ctx.deps, ctx.actor, input)),

  edit: signedIn
    .meta({
      errors: STARTS,
      mcp: { idempotencyKey: false },
      openapi: {
        method: 'POST',
        path: '/chats/{chatId}/edit',
        tags,
        summary: 'Edit a message',
        errorResponses: [502],
        description:
          'Sends a new version of the question and starts an answer. The old question and all that follows it stay as another branch.',
      },
      rest: { status: 202 },
    })
    .input(ChatEdit)
    .output(Run)
    .mutation(({ ctx, input }) => edit(ctx.deps, ctx.actor, input)),

  selectBranch: signedIn
    .meta({
      openapi: {
        method: 'PUT',
        path: '/chats/{chatId}/branch',
        tags,
        summary: 'Show another version of a message',
      },
    })
    .input(ChatSelectBranch)
    .output(Chat)
    .mutation(({ ctx, input }) => selectBranch(ctx.deps, ctx.actor, input)),

  // Not for agents, whose list of tools has little room.
  fork: signedIn
    .meta({
      mcp: { enabled: false },
      openapi: {
        method: 'POST',
        path: '/chats/{chatId}/fork',
        tags,
        summary: 'Start a new chat with the messages up to one',
        description:
          'Copies the message and all above it, up to 16 MiB, with the model and instructions of the chat. A copy is not shared, pinned or archived. A copy of a temporary chat is temporary.',
        errorResponses: [409],
      },
      rest: { status: 201, location: '/chats/{id}' },
      rateLimit: { calls: 120, seconds: 60 },
    })
    .input(ChatFork)
    .output(Chat)
    .mutation(({ ctx, input }) => fork(ctx.deps, ctx.actor, input)),

  models: signedIn
    .meta({ openapi: { method: 'GET', path: '/models', tags, summary: 'List available models' } })
    .output(Models)
    .query(({ ctx }) => models.list(ctx.deps, ctx.actor)),

  export: signedIn
    .meta({
      openapi: {
        method: 'GET',
        path: '/chats/{id}/export',
        tags,
        summary: 'Export a chat as one JSON document',
        description: 'It has the form of protected.exportData, with one chat and all its messages.',
      },
      rest: { stream: 'application/json' },
      rateLimit: { calls: 30, seconds: 60 },
    })
    .input(ById)
    .output(iterable(z.string().describe('Chunks of one JSON document.'), ChatExport))
    .query(({ ctx, input }) => exportChat(ctx.deps, ctx.actor, input.id)),

  exportMarkdown: signedIn
    .meta({
      openapi: {
        method: 'GET',
        path: '/chats/{chatId}/markdown',
        tags,
        summary: 'Export a chat as Markdown',
        description:
          'The texts of the branch that the chat shows, up to its newest 10,000 messages. A part ends at the limit of messages or at 1 MiB of content. Continue until nextCursor is null.',
      },
    })
    .input(ChatMarkdownGet)
    .output(ChatMarkdown)
    .query(({ ctx, input }) => markdown(ctx.deps, ctx.actor, input)),

  shares: sharesRouter,

  imports: importsRouter,

  projects: projectsRouter,

  files: filesRouter,
});
