import { z } from 'zod';
import { Id, line, page, paging, text } from '#contract/common';
import { PROVIDERS } from '#contract/models';
import { User } from '#contract/users';

export const Session = z
  .object({
    id: Id,
    current: z.boolean().meta({ description: 'Whether this very call was made in it.' }),
    ip: z.string().nullable(),
    userAgent: z.string().nullable(),
    createdAt: z.date().meta({ description: 'When it was signed in to.' }),
    expiresAt: z.date(),
  })
  .meta({ id: 'Session', description: 'A place where the account is signed in.' });
export const Sessions = z.object({ items: z.array(Session) }).meta({ id: 'Sessions' });

export const Scope = z.enum(['read', 'write']).meta({ description: 'read may call queries only.' });

export const ApiKey = z
  .object({
    id: Id,
    name: z.string(),
    start: z.string().meta({ description: 'The first characters of the key.' }),
    scope: Scope,
    expiresAt: z.date().nullable(),
    lastUsedAt: z.date().nullable(),
    createdAt: z.date(),
  })
  .meta({ id: 'ApiKey', description: 'An API key, without the key itself.' });
export const ApiKeys = z.object({ items: z.array(ApiKey) }).meta({ id: 'ApiKeys' });

export const ApiKeyCreate = z.strictObject({
  name: line(100),
  scope: Scope,
  expiresInDays: z.int().min(1).max(3650).optional().meta({ description: 'Never when left out.' }),
});
export const ApiKeyCreated = ApiKey.extend({
  key: z.string().meta({ description: 'The key itself: shown this once.' }),
}).meta({ id: 'ApiKeyCreated' });

/** What only the caller may see of themselves. */
export const Protected = z
  .object({
    user: User,
    session: Session.nullable().meta({ description: 'null when an API key was sent.' }),
    apiKey: ApiKey.nullable().meta({ description: 'null in a session.' }),
  })
  .meta({ id: 'Protected', description: 'The caller, and by what right they call.' });

export const Provider = z.enum(PROVIDERS);
export type Provider = z.output<typeof Provider>;

export const ProviderKey = z
  .object({ provider: Provider, last4: z.string(), createdAt: z.date(), updatedAt: z.date() })
  .meta({
    id: 'ProviderKey',
    description: 'A key for a model provider; only its last 4 characters are told.',
  });
export const ProviderKeys = z.object({ items: z.array(ProviderKey) }).meta({ id: 'ProviderKeys' });
export const ProviderKeySet = z.strictObject({
  provider: Provider,
  key: text(500, 8).regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces'),
});
export const ByProvider = z.strictObject({ provider: Provider });

export const UsageList = z.strictObject({
  days: z.int().min(1).max(366).default(30).meta({ description: 'How many days back, today among them.' }),
});
export const Usage = z
  .object({
    items: z.array(
      z.object({
        day: z.iso.date().meta({ description: 'A day in UTC.' }),
        runs: z.int(),
        inputTokens: z.int(),
        outputTokens: z.int(),
        cachedTokens: z.int().meta({ description: 'Of the input tokens.' }),
        reasoningTokens: z.int().meta({ description: 'Of the output tokens.' }),
      }),
    ),
    quota: z
      .object({ dailyTokens: z.int(), usedToday: z.int(), resetsAt: z.date() })
      .nullable()
      .meta({ description: 'null when tokens are not limited.' }),
  })
  .meta({
    id: 'Usage',
    description: 'Model tokens used, by day, newest first; days without use are left out.',
  });

export const DeleteAccount = z.strictObject({
  password: text(128).optional().meta({ description: 'The account’s password; a guest has none.' }),
});

export const AuditEvent = z
  .object({
    id: Id,
    action: z.string(),
    target: z.string().nullable(),
    actorId: Id,
    via: z.enum(['session', 'api-key', 'sign-in']),
    ip: z.string().nullable(),
    userAgent: z.string().nullable(),
    requestId: z.string().nullable(),
    createdAt: z.date(),
  })
  .meta({ id: 'AuditEvent', description: 'Something done to the account.' });
export const AuditList = z.strictObject(paging);
export const AuditPage = page(AuditEvent).meta({ id: 'AuditPage', description: 'Newest first.' });
