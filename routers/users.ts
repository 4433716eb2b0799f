import { z } from 'zod';
import { ById } from '#contract/common';
import {
  User,
  UserBan,
  UserCreate,
  UserList,
  UserPage,
  UserReplace,
  UserSetQuota,
  UserSetRole,
  UserUpdate,
} from '#contract/users';
import * as users from '#server/people/users';
import { admin, router, signedIn } from '#server/procedures';

const tags = ['users'];

export const usersRouter = router({
  me: signedIn
    .meta({ openapi: { method: 'GET', path: '/users/me', tags, summary: 'Get your account' } })
    .output(User)
    .query(({ ctx }) => users.get(ctx.deps, ctx.actor, ctx.actor.userId)),

  list: admin
    .meta({
      openapi: { method: 'GET', path: '/users', tags, summary: 'List and search accounts, newest first' },
    })
    .input(UserList)
    .output(UserPage)
    .query(({ ctx, input }) => users.list(ctx.deps, input)),

  get: signedIn
    .meta({ openapi: { method: 'GET', path: '/users/{id}', tags, summary: 'Get an account' } })
    .input(ById)
    .output(User)
    .query(({ ctx, input }) => users.get(ctx.deps, ctx.actor, input.id)),

  create: admin
    .meta({
      errors: ['EMAIL_TAKEN'],
      openapi: { method: 'POST', path: '/users', tags, summary: 'Create an account' },
      rest: { status: 201, location: '/users/{id}' },
    })
    .input(UserCreate)
    .output(User)
    .mutation(({ ctx, input }) => users.create(ctx.deps, ctx.actor, input)),

  replace: signedIn
    .meta({
      errors: ['EMAIL_TAKEN'],
      openapi: { method: 'PUT', path: '/users/{id}', tags, summary: 'Replace a profile' },
    })
    .input(UserReplace)
    .output(User)
    .mutation(({ ctx, input }) => users.update(ctx.deps, ctx.actor, input)),

  update: signedIn
    .meta({
      errors: ['EMAIL_TAKEN'],
      openapi: { method: 'PATCH', path: '/users/{id}', tags, summary: 'Update a profile' },
    })
    .input(UserUpdate)
    .output(User)
    .mutation(({ ctx, input }) => users.update(ctx.deps, ctx.actor, input)),

  delete: admin
    .meta({
      openapi: { method: 'DELETE', path: '/users/{id}', tags, summary: 'Delete an account and its data' },
    })
    .input(ById)
    .output(z.void())
    .mutation(({ ctx, input }) => users.remove(ctx.deps, ctx.actor, input.id)),

  setRole: admin
    .meta({
      mcp: { enabled: false },
      openapi: { method: 'PUT', path: '/users/{id}/role', tags, summary: 'Set the role of an account' },
    })
    .input(UserSetRole)
    .output(User)
    .mutation(({ ctx, input }) => users.setRole(ctx.deps, ctx.actor, input.id, input.role)),

  setQuota: admin
    .meta({
      mcp: { enabled: false },
      openapi: {
        method: 'PUT',
        path: '/users/{id}/quota',
        tags,
        summary: 'Set the token quota of an account',
      },
    })
    .input(UserSetQuota)
    .output(User)
    .mutation(({ ctx, input }) => users.setQuota(ctx.deps, ctx.actor, input.id, input.dailyTokens)),

  ban: admin
    .meta({ openapi: { method: 'PUT', path: '/users/{id}/ban', tags, summary: 'Ban an account' } })
    .input(UserBan)
    .output(User)
    .mutation(({ ctx, input }) => users.ban(ctx.deps, ctx.actor, input)),

  unban: admin
    .meta({
      openapi: { method: 'DELETE', path: '/users/{id}/ban', tags, summary: 'Unban an account' },
      rest: { status: 200 },
    })
    .input(ById)
    .output(User)
    .mutation(({ ctx, input }) => users.unban(ctx.deps, ctx.actor, input.id)),
});
