import { z } from 'zod';
import { Chat } from '#contract/chat';
import { ById } from '#contract/common';
import {
  ChatMove,
  Project,
  ProjectCreate,
  ProjectList,
  ProjectPage,
  ProjectUpdate,
} from '#contract/projects';
import * as projects from '#server/chat/projects';
import { router, signedIn } from '#server/procedures';

const tags = ['chat'];

/**
 * Projects: groups of chats with common instructions. Not for agents: texts that an agent reads must not be able to change
 * what later answers follow.
 */
export const projectsRouter = router({
  list: signedIn
    .meta({
      mcp: { enabled: false },
      openapi: { method: 'GET', path: '/projects', tags, summary: 'List your projects' },
    })
    .input(ProjectList)
    .output(ProjectPage)
    .query(({ ctx, input }) => projects.list(ctx.deps, ctx.actor, input)),

  create: signedIn
    .meta({
      mcp: { enabled: false },
      openapi: { method: 'POST', path: '/projects', tags, summary: 'Create a project' },
      rest: { status: 201, location: '/projects/{id}' },
    })
    .input(ProjectCreate)
    .output(Project)
    .mutation(({ ctx, input }) => projects.create(ctx.deps, ctx.actor, input)),

  get: signedIn
    .meta({
      mcp: { enabled: false },
      openapi: { method: 'GET', path: '/projects/{id}', tags, summary: 'Get a project' },
    })
    .input(ById)
    .output(Project)
    .query(({ ctx, input }) => projects.get(ctx.deps, ctx.actor, input.id)),

  update: signedIn
    .meta({
      mcp: { enabled: false },
      openapi: {
        method: 'PATCH',
        path: '/projects/{id}',
        tags,
        summary: 'Update a project: name, instructions',
        description: 'Instructions apply from the next answer on.',
      },
    })
    .input(ProjectUpdate)
    .output(Project)
    .mutation(({ ctx, input }) => projects.update(ctx.deps, ctx.actor, input)),

  delete: signedIn
    .meta({
      mcp: { enabled: false },
      openapi: {
        method: 'DELETE',
        path: '/projects/{id}',
        tags,
        summary: 'Delete a project, but not its chats',
        description: 'Its chats stay, in no project.',
      },
    })
    .input(ById)
    .output(z.void())
    .mutation(({ ctx, input }) => projects.remove(ctx.deps, ctx.actor, input.id)),
});

/** The procedure of `chat` that puts a chat into a project. */
export const projectProcedures = {
  move: signedIn
    .meta({
      mcp: { enabled: false },
      openapi: {
        method: 'PUT',
        path: '/chats/{chatId}/project',
        tags,
        summary: 'Move a chat to a project, or out of its project',
        description: 'A temporary chat cannot be in a project.',
        errorResponses: [409],
      },
    })
    .input(ChatMove)
    .output(Chat)
    .mutation(({ ctx, input }) => projects.move(ctx.deps, ctx.actor, input)),
};
