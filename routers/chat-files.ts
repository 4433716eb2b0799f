import { z } from 'zod';
import { MAX_UPLOADED_BYTES } from '#contract/file-limits';
import { ByFileId, ChatFile, FileCreate } from '#contract/files';
import * as files from '#server/chat/files/index';
import { router, signedIn } from '#server/procedures';

const tags = ['chat'];

const FILES =
  'Accepted are PNG, JPEG, GIF and WebP images, PDF, and text in UTF-8. Metadata of images, such as the place, is removed. Send the id with chat.send within a day; otherwise the file is deleted. A sent file is deleted with the last chat that refers to it.';

/** Files for messages. Not for agents, which have no files, and whose list of tools has little room. */
export const filesRouter = router({
  create: signedIn
    .meta({
      mcp: { enabled: false },
      openapi: {
        method: 'POST',
        path: '/files',
        tags,
        summary: 'Upload a file for a message',
        description: FILES,
        errorResponses: [409],
      },
      rest: {
        status: 201,
        location: '/files/{id}',
        maxFileBytes: MAX_UPLOADED_BYTES,
        maxUploadBytes: MAX_UPLOADED_BYTES + 64 * 1024,
      },
      rateLimit: { calls: 60, seconds: 60 },
    })
    .input(FileCreate)
    .output(ChatFile)
    .mutation(({ ctx, input }) => files.create(ctx.deps, ctx.actor, input.file)),

  get: signedIn
    .meta({
      mcp: { enabled: false },
      openapi: {
        method: 'GET',
        path: '/files/{fileId}',
        tags,
        summary: 'Get the name, type and size of a file',
        description: 'The content is at its `url`.',
      },
    })
    .input(ByFileId)
    .output(ChatFile)
    .query(({ ctx, input }) => files.get(ctx.deps, ctx.actor, input.fileId)),

  delete: signedIn
    .meta({
      mcp: { enabled: false },
      openapi: {
        method: 'DELETE',
        path: '/files/{fileId}',
        tags,
        summary: 'Delete a file that was not sent',
        description: 'A file that a message refers to stays until its chat is deleted.',
        errorResponses: [409],
      },
    })
    .input(ByFileId)
    .output(z.void())
    .mutation(({ ctx, input }) => files.remove(ctx.deps, ctx.actor, input.fileId)),
});
