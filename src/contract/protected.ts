import { z } from 'zod';
import { Stored } from '#contract/chat-export';
import { Id, line, page, paging, text } from '#contract/common';
import { Import } from '#contract/imports';
import { PROVIDERS } from '#contract/models';
import { ConnectedClient } from '#contract/oauth';
import { User } from '#contract/users';
import { PRODUCT } from '#contract/product';

const Ip = z
  .string()
  .nullable()
  .meta({ description: 'The IP address, if known.', examples: ['203.0.113.7'] });
const UserAgent = z
  .string()
  .nullable()
  .meta({ description: 'The User-Agent header.', examples: ['curl/8.5.0'] });

export const Session = z
  .object({
    id: Id,
    current: z.boolean().meta({ description: 'True for the current session.' }),
    ip: Ip,
    userAgent: UserAgent,
    createdAt: z.date().meta({ description: 'When the user signed in.' }),
    expiresAt: z.date(),
  })
  .meta({ id: 'Session', description: 'An active session of the account.' });
export const SessionList = z.strictObject(paging);
export const Sessions = page(Session).meta({
  id: 'Sessions',
  description: 'The active sessions of the account, newest first.',
});

export const Scope = z
  .enum(['read', 'write'])
  .meta({ id: 'Scope', description: 'The permissions of an API key. A `read` key cannot change data.' });

export const ApiKey = z
  .object({
    id: Id,
    name: z.string().meta({ description: 'The name chosen by its owner.', examples: ['laptop'] }),
    start: z
      .string()
      .meta({ description: 'The first characters of the key.', examples: [`${PRODUCT.keyPrefix}4f9a`] }),
    scope: Scope,
    expiresAt: z.date().nullable().meta({ description: 'null if the key does not expire.' }),
    lastUsedAt: z.date().nullable().meta({ description: 'null if the key was never used.' }),
    createdAt: z.date(),
  })
  .meta({ id: 'ApiKey', description: 'An API key, without the key itself.' });
export const ApiKeyList = z.strictObject(paging);
export const ApiKeys = page(ApiKey).meta({
  id: 'ApiKeys',
  description: 'The API keys of the account, oldest first.',
});

export const ApiKeyCreate = z
  .strictObject({
    name: line(100).meta({ description: 'The name of the key.', examples: ['laptop'] }),
    scope: Scope,
    expiresInDays: z
      .int()
      .min(1)
      .max(3650)
      .optional()
      .meta({ description: 'Without it, the key does not expire.', examples: [90] }),
  })
  .meta({ id: 'ApiKeyCreate', description: 'An API key to create.' });
export const ApiKeyCreated = ApiKey.extend({
  key: z.string().meta({
    description: 'The key itself. It is returned only once.',
    examples: [`${PRODUCT.keyPrefix}4f9a8c7e6d5b4a39281706f5e4d3c2b1`],
  }),
}).meta({ id: 'ApiKeyCreated', description: 'A new API key, with the key itself.' });

/** Data of the caller that only the caller may see. */
export const Protected = z
  .object({
    user: User,
    session: Session.nullable().meta({
      description: 'null if the request was authenticated in another way.',
    }),
    apiKey: ApiKey.nullable().meta({ description: 'null if the request was authenticated in another way.' }),
  })
  .meta({ id: 'Protected', description: 'The account and the credential of the caller.' });

export const Provider = z.enum(PROVIDERS).meta({ id: 'Provider', description: 'A model provider.' });
export type Provider = z.output<typeof Provider>;

export const ProviderKey = z
  .object({
    provider: Provider,
    last4: z.string().meta({ examples: ['7890'] }),
    createdAt: z.date(),
    updatedAt: z.date(),
  })
  .meta({
    id: 'ProviderKey',
    description: 'A key for a model provider. Only its last 4 characters are returned.',
  });
export const ProviderKeys = z
  .object({ items: z.array(ProviderKey) })
  .meta({ id: 'ProviderKeys', description: 'The keys for model providers.' });
export const ProviderKeySet = z
  .strictObject({
    provider: Provider,
    key: text(500, 8)
      .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces')
      .meta({ description: 'The key that the provider issued.', examples: ['sk-1234567890'] }),
  })
  .meta({ id: 'ProviderKeySet', description: 'A key to store.' });
export const ByProvider = z.strictObject({ provider: Provider });

export const UsageList = z.strictObject({
  days: z.int().min(1).max(366).default(30).meta({ description: 'The number of days, including today.' }),
});
const UsageDay = z
  .object({
    day: z.iso.date().meta({ description: 'A day in UTC.' }),
    runs: z.int().meta({ description: 'The number of answers started.' }),
    inputTokens: z.int(),
    outputTokens: z.int(),
    cachedTokens: z.int().meta({ description: 'The part of the input tokens that was cached.' }),
    reasoningTokens: z.int().meta({ description: 'The part of the output tokens used for reasoning.' }),
    models: z
      .array(z.object({ model: z.string(), inputTokens: z.int(), outputTokens: z.int() }))
      .meta({ description: 'The tokens of each model, the one with the most first.' }),
  })
  .meta({ id: 'UsageDay', description: 'Model tokens used on one day.' });
export const Usage = z
  .object({
    items: z.array(UsageDay),
    quota: z
      .object({
        dailyTokens: z.int(),
        usedToday: z.int(),
        reservedToday: z.int().meta({ description: 'The tokens reserved for answers in progress.' }),
        resetsAt: z.date(),
      })
      .nullable()
      .meta({ description: 'null if there is no limit.' }),
  })
  .meta({
    id: 'Usage',
    description: 'Model tokens used per day, newest first. Days without use are left out.',
  });

export const AdminClaim = z
  .object({
    open: z
      .boolean()
      .meta({ description: 'True if there has been no admin yet and this account may become the first.' }),
  })
  .meta({ id: 'AdminClaim', description: 'Eligibility of the account to become the first admin.' });
export const ClaimAdmin = z
  .strictObject({
    code: text(100).meta({
      description: 'The code printed on the server console.',
      examples: ['7K2QX-M9D4T-0HV8R-C3W1Z'],
    }),
  })
  .meta({ id: 'ClaimAdmin', description: 'Proof that you control the server.' });

export const DeleteAccount = z
  .strictObject({
    password: text(128)
      .optional()
      .meta({
        description: 'The password of the account. Guests have none.',
        examples: ['correct horse battery'],
      }),
  })
  .meta({ id: 'DeleteAccount', description: 'Proof of your identity.' });

export const AuditEvent = z
  .object({
    id: Id,
    action: z.string().meta({ description: 'The action.', examples: ['api-key.create'] }),
    count: z.int().meta({
      description:
        'The number of occurrences. Failed sign-ins from one IP address within one hour are one event.',
      examples: [1],
    }),
    target: z
      .string()
      .nullable()
      .meta({ description: 'The id of the affected object, if there is one.', examples: [null] }),
    actorId: Id.meta({
      description:
        'The account that did it: this account or an admin. For `sign-in.fail`, the account that was tried.',
    }),
    via: z.enum(['session', 'api-key', 'oauth', 'sign-in', 'command']).meta({
      description:
        'The credential (`oauth` for a connected program), or `command` for a command run on the server.',
    }),
    client: z
      .string()
      .nullable()
      .meta({ description: 'The name of the connected program, if one did it.', examples: [null] }),
    ip: Ip,
    userAgent: UserAgent,
    requestId: z
      .string()
      .nullable()
      .meta({ description: 'The id of the request in the server’s log.', examples: [null] }),
    createdAt: z.date(),
  })
  .meta({ id: 'AuditEvent', description: 'An action on the account.' });
export const AuditList = z.strictObject(paging);
export const AuditPage = page(AuditEvent).meta({
  id: 'AuditPage',
  description: 'Actions on the account, newest first.',
});

const SignIn = z
  .object({
    providerId: z.string().meta({ description: '`credential` for a password.', examples: ['credential'] }),
    accountId: z.string().meta({ description: 'The id of the account at that provider.' }),
    createdAt: z.date(),
  })
  .meta({ id: 'SignIn', description: 'A way to sign in to the account, without its secret.' });

export const Export = z
  .object({
    exportedAt: z.date(),
    user: User,
    sessions: z.array(Session),
    apiKeys: z.array(ApiKey),
    connectedClients: z.array(ConnectedClient),
    providerKeys: z.array(ProviderKey),
    signIns: z.array(SignIn),
    instructions: z.string().meta({ description: 'The instructions for the model in all chats.' }),
    usage: z.array(UsageDay).meta({ description: 'All days with usage, oldest first.' }),
    audit: z.array(AuditEvent),
    projects: z.array(Stored).meta({ description: 'The stored rows, oldest first.' }),
    chats: z.array(Stored).meta({ description: 'The stored rows, oldest first.' }),
    imports: z.array(Import).meta({ description: 'The imports of chats, oldest first.' }),
    files: z
      .array(Stored.extend({ content: z.string().meta({ contentEncoding: 'base64' }) }))
      .meta({ description: 'The files of messages with their content, oldest first.' }),
    shares: z
      .array(z.looseObject({ chatId: Id }))
      .meta({ description: 'The shared chats, without their links.' }),
    messages: z.array(Stored).meta({ description: 'The stored rows by chat, oldest first.' }),
  })
  .meta({ id: 'Export', description: 'All data of an account, without secrets.' });
