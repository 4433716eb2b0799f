import { z } from 'zod';
import { ById } from '#contract/common';
import {
  ClientRequest,
  ClientRequestGet,
  ConnectedClientList,
  ConnectedClients,
  RegisteredClientCreate,
  RegisteredClientCreated,
  RegisteredClientList,
  RegisteredClients,
} from '#contract/oauth';
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
import { System } from '#contract/system';
import { iterable } from '#layer/index';
import { listUsage } from '#server/chat/usage';
import { examineInstance } from '#server/doctor/instance';
import { exportData } from '#server/export';
import * as account from '#server/people/account';
import * as apiKeys from '#server/people/api-keys';
import * as clients from '#server/people/oauth/clients';
import * as registeredClients from '#server/people/oauth/registered-clients';
import { admin, registered, router, sessionOnly, signedIn } from '#server/procedures';
import * as providerKeys from '#server/vault/provider-keys';

const tags = ['protected'];

export const protectedRouter = router({
  get: signedIn
    .meta({
      openapi: {
        method: 'GET',
        path: '/protected',
        tags,
        summary: 'Get the current account and credential',
      },
    })
    .output(Protected)
    .query(({ ctx }) => account.whoAmI(ctx.deps, ctx.actor)),

  sessions: router({
    list: sessionOnly
      .meta({
        openapi: { method: 'GET', path: '/protected/sessions', tags, summary: 'List active sessions' },
      })
      .input(SessionList)
      .output(Sessions)
      .query(({ ctx, input }) => account.listSessions(ctx.deps, ctx.actor, input)),

    revoke: sessionOnly
      .meta({
        openapi: {
          method: 'DELETE',
          path: '/protected/sessions/{id}',
          tags,
          summary: 'Revoke a session',
        },
      })
      .input(ById)
      .output(z.void())
      .mutation(({ ctx, input }) => account.revokeSession(ctx.deps, ctx.actor, input.id)),
  }),

  apiKeys: router({
    list: registered
      .meta({ openapi: { method: 'GET', path: '/protected/api-keys', tags, summary: 'List your API keys' } })
      .input(ApiKeyList)
      .output(ApiKeys)
      .query(({ ctx, input }) => apiKeys.list(ctx.deps, ctx.actor, input)),

    create: registered
      .meta({
        openapi: {
          method: 'POST',
          path: '/protected/api-keys',
          tags,
          summary: 'Create an API key',
          description: 'The key itself is returned only once.',
        },
        rest: { status: 201, location: '/protected/api-keys/{id}' },
      })
      .input(ApiKeyCreate)
      .output(ApiKeyCreated)
      .mutation(({ ctx, input }) => apiKeys.create(ctx.deps, ctx.actor, input)),

    revoke: registered
      .meta({
        openapi: { method: 'DELETE', path: '/protected/api-keys/{id}', tags, summary: 'Revoke an API key' },
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
          summary: 'List your model provider keys',
        },
      })
      .output(ProviderKeys)
      .query(({ ctx }) => providerKeys.list(ctx.deps, ctx.actor)),

    set: registered
      .meta({
        openapi: {
          method: 'PUT',
          path: '/protected/provider-keys/{provider}',
          tags,
          summary: 'Store your key for a model provider',
          description: 'The key is encrypted, used only for your chats, and never returned again.',
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
          summary: 'Remove your key for a model provider',
        },
      })
      .input(ByProvider)
      .output(z.void())
      .mutation(({ ctx, input }) => providerKeys.remove(ctx.deps, ctx.actor, input.provider)),
  }),

  clients: router({
    list: registered
      .meta({
        openapi: { method: 'GET', path: '/protected/clients', tags, summary: 'List your connected programs' },
      })
      .input(ConnectedClientList)
      .output(ConnectedClients)
      .query(({ ctx, input }) => clients.list(ctx.deps, ctx.actor, input)),

    disconnect: registered
      .meta({
        openapi: {
          method: 'DELETE',
          path: '/protected/clients/{id}',
          tags,
          summary: 'Disconnect a program',
          description: 'All of its access ends, also what it could renew by itself.',
        },
      })
      .input(ById)
      .output(z.void())
      .mutation(({ ctx, input }) => clients.disconnect(ctx.deps, ctx.actor, input.id)),

    request: registered
      .meta({
        openapi: {
          method: 'GET',
          path: '/protected/client-request',
          tags,
          summary: 'Get what a program asks for',
          errorResponses: [404],
        },
      })
      .input(ClientRequestGet)
      .output(ClientRequest)
      .query(({ ctx, input }) => clients.findRequest(ctx.deps, input)),
  }),

  registeredClients: router({
    list: registered
      .meta({
        openapi: {
          method: 'GET',
          path: '/protected/registered-clients',
          tags,
          summary: 'List your registered programs',
        },
      })
      .input(RegisteredClientList)
      .output(RegisteredClients)
      .query(({ ctx, input }) => registeredClients.list(ctx.deps, ctx.actor, input)),

    create: registered
      .meta({
        openapi: {
          method: 'POST',
          path: '/protected/registered-clients',
          tags,
          summary: 'Register a program',
          description:
            'The program can then ask you or another user for access. Its secret is returned only once.',
        },
        rest: { status: 201, location: '/protected/registered-clients/{id}' },
      })
      .input(RegisteredClientCreate)
      .output(RegisteredClientCreated)
      .mutation(({ ctx, input }) => registeredClients.create(ctx.deps, ctx.actor, input)),

    delete: registered
      .meta({
        openapi: {
          method: 'DELETE',
          path: '/protected/registered-clients/{id}',
          tags,
          summary: 'Delete a registered program',
          description: 'All of its access ends, for every user who has connected it.',
        },
      })
      .input(ById)
      .output(z.void())
      .mutation(({ ctx, input }) => registeredClients.remove(ctx.deps, ctx.actor, input.id)),
  }),

  exportData: sessionOnly
    .meta({
      openapi: {
        method: 'GET',
        path: '/protected/export',
        tags,
        summary: 'Export your data as one JSON document',
      },
      rest: { stream: 'application/json' },
      rateLimit: { calls: 10, seconds: 60 },
    })
    .output(iterable(z.string().describe('Chunks of one JSON document.'), Export))
    .query(({ ctx }) => exportData(ctx.deps, ctx.actor)),

  usage: signedIn
    .meta({
      openapi: { method: 'GET', path: '/protected/usage', tags, summary: 'Get your token usage per day' },
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
        summary: 'Check if you can become the first admin',
      },
    })
    .output(AdminClaim)
    .query(async ({ ctx }) => ({ open: await ctx.deps.adminClaim.isOpenTo(ctx.actor.userId) })),

  claimAdmin: registered
    .meta({
      openapi: {
        method: 'POST',
        path: '/protected/admin-claim',
        tags,
        summary: 'Become the first admin',
        description: 'Requires the code that the server prints on its console until there is an admin.',
      },
      // Each call can be a guess of the code.
      rateLimit: { calls: 5, seconds: 60 },
    })
    .input(ClaimAdmin)
    .output(z.void())
    .mutation(async ({ ctx, input }) => {
      await ctx.deps.adminClaim.claim(ctx.actor, input.code);
      ctx.deps.authenticator.invalidate(ctx.actor.userId);
    }),

  system: admin
    .meta({
      mcp: { enabled: false },
      openapi: {
        method: 'GET',
        path: '/protected/system',
        tags,
        summary: 'Check the installation',
        description:
          'Sends a short question to the default model, which uses a few tokens. Contains no secrets.',
      },
      rateLimit: { calls: 10, seconds: 60 },
    })
    .output(System)
    .query(({ ctx }) => examineInstance(ctx.deps, ctx.request)),

  deleteAccount: sessionOnly
    .meta({
      errors: ['WRONG_PASSWORD'],
      openapi: {
        method: 'POST',
        path: '/protected/delete-account',
        tags,
        summary: 'Delete your account and its data',
      },
      // Each call can be a guess of the password.
      rateLimit: { calls: 5, seconds: 60 },
    })
    .input(DeleteAccount)
    .output(z.void())
    .mutation(({ ctx, input }) => account.deleteAccount(ctx.deps, ctx.actor, input.password)),

  audit: sessionOnly
    .meta({
      openapi: {
        method: 'GET',
        path: '/protected/audit',
        tags,
        summary: 'List the audit trail of your account',
      },
    })
    .input(AuditList)
    .output(AuditPage)
    .query(({ ctx, input }) => account.audit(ctx.deps, ctx.actor, input)),
});
