import { z } from 'zod';
import {
  Share,
  SharedChat,
  SharedChatGet,
  ShareList,
  SharePage,
  ShareRevoke,
  ShareSet,
} from '#contract/shares';
import * as shares from '#server/chat/shares';
import { open, router, signedIn } from '#server/procedures';

const tags = ['chat'];

const SHARES =
  'Anyone who has the link can read the title and the texts of the branch that the chat shows now: up to its newest 10,000 messages, without reasoning, tool calls and the name of the account. Files of the messages are shared only with `includeFiles`. Later messages are not shared until you call this again, which keeps the link, and decides again about the files. Guests cannot share, and temporary chats cannot be shared.';

/** The links of chats. Not for agents: texts that an agent reads must not be able to make it publish a chat. */
export const sharesRouter = router({
  list: signedIn
    .meta({
      mcp: { enabled: false },
      openapi: {
        method: 'GET',
        path: '/shares',
        tags,
        summary: 'List links to your shared chats',
        errorResponses: [404],
      },
    })
    .input(ShareList)
    .output(SharePage)
    .query(({ ctx, input }) => shares.list(ctx.deps, ctx.actor, input)),

  set: signedIn
    .meta({
      mcp: { enabled: false },
      openapi: {
        method: 'PUT',
        path: '/chats/{chatId}/share',
        tags,
        summary: 'Share a chat by a link, or update what the link shows',
        description: SHARES,
        errorResponses: [409],
      },
    })
    .input(ShareSet)
    .output(Share)
    .mutation(({ ctx, input }) => shares.set(ctx.deps, ctx.actor, input)),

  revoke: signedIn
    .meta({
      mcp: { enabled: false },
      openapi: {
        method: 'DELETE',
        path: '/chats/{chatId}/share',
        tags,
        summary: 'Stop sharing a chat',
        description:
          'The link stops working immediately and permanently. Sharing the chat again creates another link.',
      },
    })
    .input(ShareRevoke)
    .output(z.void())
    .mutation(({ ctx, input }) => shares.revoke(ctx.deps, ctx.actor, input.chatId)),

  get: open
    .meta({
      mcp: { enabled: false },
      openapi: {
        method: 'GET',
        path: '/shares/{token}',
        tags,
        summary: 'Read a shared chat',
        description:
          'Needs no authentication. Anyone who has the link can read the chat, and the files that it includes at their `url`.',
        protect: false,
      },
    })
    .input(SharedChatGet)
    .output(SharedChat)
    .query(({ ctx, input }) => shares.get(ctx.deps, input)),
});
