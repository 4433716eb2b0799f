import { z } from 'zod';
import { ById } from '#contract/common';
import { iterable } from '#contract/iterable';
import {
  AdminClaim,
  ApiKeyCreate,
  ApiKeyCreated,
  ApiKeyList,
  ApiKeys,
  AuditList,
  AuditPage,
  ByProvider,
  ClaimAdmin,
  DeleteAccount,
  Export,
  Protected,
  ProviderKey,
  ProviderKeys,
  ProviderKeySet,
  SessionList,
  Sessions,
  Usage,
  UsageList,
} from '#contract/protected';
import { listUsage } from '#server/chat/usage';
import * as account from '#server/people/account';
import * as apiKeys from '#server/people/api-keys';
import { exportData } from '#server/people/export';
import { inPerson, registered, router, signedIn } from '#server/procedures';
import * as providerKeys from '#server/vault/provider-keys';

const tags = ['protected'];
const nothing = z.strictObject({});

export const protectedRouter = router({
  get: signedIn
    .meta({
      openapi: {
        method: 'GET',
        path: '/protected',
        tags,
        summary: 'Who you are, and by what right you call',
      },
    })
    .input(nothing)
    .output(Protected)
    .query(({ ctx }) => account.whoAmI(ctx.deps, ctx.actor)),

  sessions: router({
    list: inPerson
      .meta({
        openapi: { method: 'GET', path: '/protected/sessions', tags, summary: 'Where you are signed in' },
      })
      .input(SessionList)
      .output(Sessions)
      .query(({ ctx, input }) => account.listSessions(ctx.deps, ctx.actor, input)),

    revoke: inPerson
      .meta({
        openapi: {
          method: 'DELETE',
          path: '/protected/sessions/{id}',
          tags,
          summary: 'Sign out in one place',
        },
      })
      .input(ById)
      .output(z.void())
      .mutation(({ ctx, input }) => account.revokeSession(ctx.deps, ctx.actor, input.id)),
  }),

  apiKeys: router({
    list: registered
      .meta({ openapi: { method: 'GET', path: '/protected/api-keys', tags, summary: 'Your API keys' } })
      .input(ApiKeyList)
      .output(ApiKeys)
      .query(({ ctx, input }) => apiKeys.list(ctx.deps, ctx.actor, input)),

    create: registered
      .meta({
        openapi: {
          method: 'POST',
          path: '/protected/api-keys',
          tags,
          summary: 'Make an API key; it is shown once',
        },
        rest: { status: 201, location: '/protected/api-keys/{id}' },
      })
      .input(ApiKeyCreate)
      .output(ApiKeyCreated)
      .mutation(({ ctx, input }) => apiKeys.create(ctx.deps, ctx.actor, input)),

    revoke: registered
      .meta({
        openapi: { method: 'DELETE', path: '/protected/api-keys/{id}', tags, summary: 'End an API key' },
      })
      .input(ById)
      .output(z.void())
      .mutation(({ ctx, input }) => apiKeys.revoke(ctx.deps, ctx.actor, input.id)),
  }),

  providerKeys: router({
    list: registered
      .meta({
        openapi: {
          method: 'GET',
          path: '/protected/provider-keys',
          tags,
          summary: 'Your model provider keys',
        },
      })
      .input(nothing)
      .output(ProviderKeys)
      .query(({ ctx }) => providerKeys.list(ctx.deps, ctx.actor)),

    set: registered
      .meta({
        openapi: {
          method: 'PUT',
          path: '/protected/provider-keys/{provider}',
          tags,
          summary: 'Store your key for a model provider',
          description: 'It is encrypted, used for your chats only, and never shown again.',
        },
      })
      .input(ProviderKeySet)
      .output(ProviderKey)
      .mutation(({ ctx, input }) => providerKeys.set(ctx.deps, ctx.actor, input.provider, input.key)),

    delete: registered
      .meta({
        openapi: {
          method: 'DELETE',
          path: '/protected/provider-keys/{provider}',
          tags,
          summary: 'Forget your key for a model provider',
        },
      })
      .input(ByProvider)
      .output(z.void())
      .mutation(({ ctx, input }) => providerKeys.remove(ctx.deps, ctx.actor, input.provider)),
  }),

  exportData: inPerson
    .meta({
      openapi: {
        method: 'GET',
        path: '/protected/export',
        tags,
        summary: 'Everything you own, as one JSON document',
      },
      rest: { stream: 'application/json' },
      rateLimit: { calls: 10, seconds: 60 },
    })
    .input(nothing)
    .output(iterable(z.string().describe('Pieces of one JSON document.'), Export))
    .query(({ ctx }) => exportData(ctx.deps, ctx.actor)),

  usage: signedIn
    .meta({
      openapi: { method: 'GET', path: '/protected/usage', tags, summary: 'Model tokens you used, by day' },
    })
    .input(UsageList)
    .output(Usage)
    .query(({ ctx, input }) => listUsage(ctx.deps, ctx.actor, input)),

  adminClaim: registered
    .meta({
      openapi: {
        method: 'GET',
        path: '/protected/admin-claim',
        tags,
        summary: 'Whether you can become the first admin',
      },
    })
    .input(nothing)
    .output(AdminClaim)
    .query(async ({ ctx }) => ({ open: await ctx.deps.adminClaim.isOpenTo(ctx.actor.userId) })),

  claimAdmin: registered
    .meta({
      openapi: {
        method: 'POST',
        path: '/protected/admin-claim',
        tags,
        summary: 'Become the first admin',
        description: 'With the code that the server prints on its console while there has been no admin.',
      },
      // Each call may be a guess at the code.
      rateLimit: { calls: 5, seconds: 60 },
    })
    .input(ClaimAdmin)
    .output(z.void())
    .mutation(async ({ ctx, input }) => {
      await ctx.deps.adminClaim.claim(ctx.actor, input.code);
      ctx.deps.identities.forget(ctx.actor.userId);
    }),

  deleteAccount: inPerson
    .meta({
      openapi: {
        method: 'POST',
        path: '/protected/delete-account',
        tags,
        summary: 'Delete your account and everything it owns',
      },
      // Each call may be a guess at the password.
      rateLimit: { calls: 5, seconds: 60 },
    })
    .input(DeleteAccount)
    .output(z.void())
    .mutation(({ ctx, input }) => account.deleteAccount(ctx.deps, ctx.actor, input.password)),

  audit: inPerson
    .meta({
      openapi: { method: 'GET', path: '/protected/audit', tags, summary: 'What was done to your account' },
    })
    .input(AuditList)
    .output(AuditPage)
    .query(({ ctx, input }) => account.audit(ctx.deps, ctx.actor, input)),
});
