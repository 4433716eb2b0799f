import { z } from 'zod';
import { ById, Email, Id, Instant, line, page, paging, Search, text } from '#contract/common';

export const Role = z.enum(['user', 'admin']).meta({ id: 'Role', description: 'The role of an account.' });

/** An account. Only its owner and admins see it. */
export const User = z
  .object({
    id: Id,
    name: z.string().meta({ description: 'The name that others see.', examples: ['Ada Lovelace'] }),
    email: z
      .string()
      .meta({ description: 'The email address in lower case.', examples: ['ada@example.com'] }),
    image: z
      .string()
      .nullable()
      .meta({ description: 'The URL of an image.', examples: ['https://example.com/ada.png'] }),
    role: Role,
    isGuest: z.boolean().meta({ description: 'True for a guest.' }),
    banned: z.boolean().meta({ description: 'True if the account is banned.' }),
    dailyTokens: z.int().nullable().meta({
      description: 'Own quota of tokens per day; null for the default.',
    }),
    createdAt: z.date(),
    updatedAt: z.date(),
  })
  .meta({ id: 'User', description: 'An account.' });
export type User = z.output<typeof User>;

const Name = line(100).meta({ description: 'The name that others see.', examples: ['Ada Lovelace'] });
const Image = z
  .url({ protocol: /^https?$/ })
  .max(2000)
  .nullable()
  .meta({ description: 'The URL of an image, or null.' });
const Password = text(128, 8).meta({
  description: '8 to 128 characters.',
  examples: ['correct horse battery'],
});

export const UserList = z.strictObject({ ...paging, search: Search.optional() });
export const UserPage = page(User).meta({ id: 'UserPage', description: 'Accounts, newest first.' });

export const UserCreate = z
  .strictObject({
    name: Name,
    email: Email,
    password: Password,
    image: Image.default(null),
    role: Role.default('user'),
  })
  .meta({ id: 'UserCreate', description: 'An account to create.' });

export const UserReplace = ById.extend({ name: Name, email: Email, image: Image.default(null) }).meta({
  id: 'UserReplace',
  description: 'The whole profile. Missing fields are reset.',
});

export const UserUpdate = ById.extend({
  name: Name.optional(),
  email: Email.optional(),
  image: Image.optional(),
}).meta({ id: 'UserUpdate', description: 'Changes to a profile. Missing fields are not changed.' });

export const UserSetRole = ById.extend({ role: Role }).meta({
  id: 'UserSetRole',
  description: 'The role to set.',
});

export const UserSetQuota = ById.extend({
  dailyTokens: z
    .int()
    .min(0)
    .max(2_000_000_000)
    .nullable()
    .meta({
      description: 'Model tokens per day (UTC); null for the default quota of the installation.',
      examples: [100_000],
    }),
}).meta({ id: 'UserSetQuota', description: 'The quota to set.' });

export const UserBan = ById.extend({
  reason: line(500)
    .optional()
    .meta({ description: 'The reason, shown to other admins.', examples: ['Spam'] }),
  expiresAt: Instant.optional().meta({ description: 'When the ban ends. Without it, the ban is permanent.' }),
}).meta({ id: 'UserBan', description: 'The terms of a ban.' });
