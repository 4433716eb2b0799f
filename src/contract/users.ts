import { z } from 'zod';
import { ById, Email, Id, Instant, line, page, paging, Search, text } from '#contract/common';

export const Role = z.enum(['user', 'admin']).meta({ id: 'Role', description: 'What the account may do.' });

/** An account, as its owner and admins see it. */
export const User = z
  .object({
    id: Id,
    name: z.string().meta({ description: 'The name other people read.', examples: ['Ada Lovelace'] }),
    email: z.string().meta({ description: 'In lower case.', examples: ['ada@example.com'] }),
    image: z
      .string()
      .nullable()
      .meta({ description: 'The address of a picture.', examples: ['https://example.com/ada.png'] }),
    role: Role,
    isGuest: z.boolean().meta({ description: 'Whether it is used without having signed up.' }),
    banned: z.boolean().meta({ description: 'Whether it is shut out.' }),
    dailyTokens: z
      .int()
      .nullable()
      .meta({ description: 'A quota of their own of model tokens a day, or null.' }),
    createdAt: z.date(),
    updatedAt: z.date(),
  })
  .meta({ id: 'User', description: 'An account.' });
export type User = z.output<typeof User>;

const Name = line(100).meta({ description: 'The name other people read.', examples: ['Ada Lovelace'] });
const Image = z
  .url({ protocol: /^https?$/ })
  .max(2000)
  .nullable()
  .meta({ description: 'The address of a picture, or null.' });
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
  .meta({ id: 'UserCreate', description: 'An account to make.' });

export const UserReplace = ById.extend({ name: Name, email: Email, image: Image.default(null) }).meta({
  id: 'UserReplace',
  description: 'The whole profile: what is left out is reset.',
});

export const UserUpdate = ById.extend({
  name: Name.optional(),
  email: Email.optional(),
  image: Image.optional(),
}).meta({ id: 'UserUpdate', description: 'Any part of the profile: what is left out stays.' });

export const UserSetRole = ById.extend({ role: Role }).meta({
  id: 'UserSetRole',
  description: 'A role to give.',
});

export const UserSetQuota = ById.extend({
  dailyTokens: z
    .int()
    .min(0)
    .max(2_000_000_000)
    .nullable()
    .meta({
      description: 'Model tokens a day (UTC); null goes back to the installation’s quota.',
      examples: [100_000],
    }),
}).meta({ id: 'UserSetQuota', description: 'A quota to give.' });

export const UserBan = ById.extend({
  reason: line(500)
    .optional()
    .meta({ description: 'Why, for other admins to read.', examples: ['Spam'] }),
  expiresAt: Instant.optional().meta({ description: 'When the ban ends by itself; never when left out.' }),
}).meta({ id: 'UserBan', description: 'How an account is shut out.' });
