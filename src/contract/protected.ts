import { z } from 'zod';
import { Id, line, page, paging, text } from '#contract/common';
import { PROVIDERS } from '#contract/models';
import { User } from '#contract/users';

const Ip = z
  .string()
  .nullable()
  .meta({ description: 'The address it came from, where known.', examples: ['203.0.113.7'] });
const UserAgent = z
  .string()
  .nullable()
  .meta({ description: 'The program, as it calls itself.', examples: ['curl/8.5.0'] });

export const Session = z
  .object({
    id: Id,
    current: z.boolean().meta({ description: 'Whether this very call was made in it.' }),
    ip: Ip,
    userAgent: UserAgent,
    createdAt: z.date().meta({ description: 'When it was signed in to.' }),
    expiresAt: z.date(),
  })
  .meta({ id: 'Session', description: 'A place where the account is signed in.' });
export const SessionList = z.strictObject(paging);
export const Sessions = page(Session).meta({
  id: 'Sessions',
  description: 'Where the account is signed in, newest first.',
});

export const Scope = z
  .enum(['read', 'write'])
  .meta({ id: 'Scope', description: 'What an API key may do: `read` may change nothing.' });

export const ApiKey = z
  .object({
    id: Id,
    name: z.string().meta({ description: 'What its owner calls it.', examples: ['laptop'] }),
    start: z.string().meta({ description: 'The first characters of the key.', examples: ['sb_4f9a'] }),
    scope: Scope,
    expiresAt: z.date().nullable().meta({ description: 'null when it does not expire.' }),
    lastUsedAt: z.date().nullable().meta({ description: 'null when it was never used.' }),
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
    name: line(100).meta({ description: 'What to call it.', examples: ['laptop'] }),
    scope: Scope,
    expiresInDays: z
      .int()
      .min(1)
      .max(3650)
      .optional()
      .meta({ description: 'Never when left out.', examples: [90] }),
  })
  .meta({ id: 'ApiKeyCreate', description: 'An API key to make.' });
export const ApiKeyCreated = ApiKey.extend({
  key: z.string().meta({
    description: 'The key itself: shown this once.',
    examples: ['sb_4f9a8c7e6d5b4a39281706f5e4d3c2b1'],
  }),
}).meta({ id: 'ApiKeyCreated', description: 'A new API key, with the key itself.' });

/** What only the caller may see of themselves. */
export const Protected = z
  .object({
    user: User,
    session: Session.nullable().meta({ description: 'null when an API key was sent.' }),
    apiKey: ApiKey.nullable().meta({ description: 'null in a session.' }),
  })
  .meta({ id: 'Protected', description: 'The caller, and by what right they call.' });

export const Provider = z.enum(PROVIDERS).meta({ id: 'Provider', description: 'Who runs language models.' });
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
    description: 'A key for a model provider; only its last 4 characters are told.',
  });
export const ProviderKeys = z
  .object({ items: z.array(ProviderKey) })
  .meta({ id: 'ProviderKeys', description: 'The keys for model providers.' });
export const ProviderKeySet = z
  .strictObject({
    provider: Provider,
    key: text(500, 8)
      .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces')
      .meta({ description: 'The key as the provider gave it.', examples: ['sk-1234567890'] }),
  })
  .meta({ id: 'ProviderKeySet', description: 'A key to store.' });
export const ByProvider = z.strictObject({ provider: Provider });

export const UsageList = z.strictObject({
  days: z.int().min(1).max(366).default(30).meta({ description: 'How many days back, today among them.' }),
});
const UsageDay = z
  .object({
    day: z.iso.date().meta({ description: 'A day in UTC.' }),
    runs: z.int().meta({ description: 'How many answers were begun.' }),
    inputTokens: z.int(),
    outputTokens: z.int(),
    cachedTokens: z.int().meta({ description: 'Of the input tokens.' }),
    reasoningTokens: z.int().meta({ description: 'Of the output tokens.' }),
  })
  .meta({ id: 'UsageDay', description: 'Model tokens used on one day.' });
export const Usage = z
  .object({
    items: z.array(UsageDay),
    quota: z
      .object({
        dailyTokens: z.int(),
        usedToday: z.int(),
        reservedToday: z.int().meta({ description: 'What answers that are being written may still use.' }),
        resetsAt: z.date(),
      })
      .nullable()
      .meta({ description: 'null when tokens are not limited.' }),
  })
  .meta({
    id: 'Usage',
    description: 'Model tokens used, by day, newest first; days without use are left out.',
  });

export const AdminClaim = z
  .object({
    open: z
      .boolean()
      .meta({ description: 'True if there has been no admin yet and this account may become the first.' }),
  })
  .meta({ id: 'AdminClaim', description: 'Who may become the first admin.' });
export const ClaimAdmin = z
  .strictObject({
    code: text(100).meta({
      description: 'The code that the server has printed on its console.',
      examples: ['7K2QX-M9D4T-0HV8R-C3W1Z'],
    }),
  })
  .meta({ id: 'ClaimAdmin', description: 'The proof that you control the server.' });

export const DeleteAccount = z
  .strictObject({
    password: text(128)
      .optional()
      .meta({
        description: 'The account’s password; a guest has none.',
        examples: ['correct horse battery'],
      }),
  })
  .meta({ id: 'DeleteAccount', description: 'The proof that it is you.' });

export const AuditEvent = z
  .object({
    id: Id,
    action: z.string().meta({ description: 'What was done.', examples: ['api-key.create'] }),
    count: z.int().meta({
      description: 'How often: failed sign-ins from one IP address within one hour are one event.',
      examples: [1],
    }),
    target: z
      .string()
      .nullable()
      .meta({ description: 'The id of what it was done to, where there is one.', examples: [null] }),
    actorId: Id.meta({
      description:
        'Who did it: the account itself, or an admin. For `sign-in.fail` the account that was tried.',
    }),
    via: z
      .enum(['session', 'api-key', 'sign-in', 'command'])
      .meta({ description: 'The credential; `command` for a command on the server.' }),
    ip: Ip,
    userAgent: UserAgent,
    requestId: z
      .string()
      .nullable()
      .meta({ description: 'The request, as the server’s log names it.', examples: [null] }),
    createdAt: z.date(),
  })
  .meta({ id: 'AuditEvent', description: 'Something done to the account.' });
export const AuditList = z.strictObject(paging);
export const AuditPage = page(AuditEvent).meta({ id: 'AuditPage', description: 'Newest first.' });

const SignIn = z
  .object({
    providerId: z.string().meta({ description: '`credential` for a password.', examples: ['credential'] }),
    accountId: z.string().meta({ description: 'The id of the account there.' }),
    createdAt: z.date(),
  })
  .meta({ id: 'SignIn', description: 'A way to sign in to the account, without its secret.' });

/** A row as it is stored; it has more fields than the API shows. */
const Stored = z.looseObject({ id: Id });

export const Export = z
  .object({
    exportedAt: z.date(),
    user: User,
    sessions: z.array(Session),
    apiKeys: z.array(ApiKey),
    providerKeys: z.array(ProviderKey),
    signIns: z.array(SignIn),
    usage: z.array(UsageDay).meta({ description: 'All days with use, oldest first.' }),
    audit: z.array(AuditEvent),
    chats: z.array(Stored).meta({ description: 'As they are stored, oldest first.' }),
    messages: z.array(Stored).meta({ description: 'As they are stored, chat by chat, oldest first.' }),
  })
  .meta({ id: 'Export', description: 'Everything an account owns; no secret is in it.' });
