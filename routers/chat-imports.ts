import {
  Import,
  ImportAdd,
  ImportCreate,
  ImportFailurePage,
  ImportFailures,
  ImportList,
  ImportPage,
} from '#contract/imports';
import * as imports from '#server/chat/imports/index';
import { router, signedIn } from '#server/procedures';

const tags = ['chat'];

const IMPORTS =
  'The server imports the chats in the background, also if the client disconnects or the server restarts. All branches are kept, but of messages only their text. A chat that the account already has is skipped, so the same file can be imported again.';

/** Imports of chats. Not for agents, which have no files. */
export const importsRouter = router({
  create: signedIn
    .meta({
      mcp: { enabled: false },
      openapi: {
        method: 'POST',
        path: '/imports',
        tags,
        summary: 'Import chats',
        description: `${IMPORTS} An account has one import at a time.`,
        errorResponses: [409],
      },
      rest: { status: 202 },
      rateLimit: { calls: 30, seconds: 60 },
    })
    .input(ImportCreate)
    .output(Import)
    .mutation(({ ctx, input }) => imports.create(ctx.deps, ctx.actor, input.content)),

  add: signedIn
    .meta({
      mcp: { enabled: false },
      openapi: {
        method: 'POST',
        path: '/imports/{importId}/parts',
        tags,
        summary: 'Add another part of the file to an import',
        description:
          'If more than 16 MiB of an import are pending, the error is TOO_MANY_REQUESTS. Send the part again after the time of Retry-After.',
      },
      rest: { status: 202 },
      rateLimit: { calls: 300, seconds: 60 },
    })
    .input(ImportAdd)
    .output(Import)
    .mutation(({ ctx, input }) => imports.add(ctx.deps, ctx.actor, input)),

  list: signedIn
    .meta({
      mcp: { enabled: false },
      openapi: {
        method: 'GET',
        path: '/imports',
        tags,
        summary: 'List your imports and their progress',
        description: 'Imports are listed for 30 days.',
      },
    })
    .input(ImportList)
    .output(ImportPage)
    .query(({ ctx, input }) => imports.list(ctx.deps, ctx.actor, input)),

  failures: signedIn
    .meta({
      mcp: { enabled: false },
      openapi: {
        method: 'GET',
        path: '/imports/{importId}/failures',
        tags,
        summary: 'List the chats that an import could not import',
      },
    })
    .input(ImportFailures)
    .output(ImportFailurePage)
    .query(({ ctx, input }) => imports.failures(ctx.deps, ctx.actor, input)),
});
