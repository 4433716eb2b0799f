import { z } from 'zod';
import { ById, Email, Id, line, page, paging, Search, text } from '#contract/common';

export const Role = z.enum(['user', 'admin']).meta({ description: 'What the account may do.' });

/** An account, as its owner and admins see it. */
export const User = z
  .object({
    id: Id,
    name: z.string(),
    email: z.string(),
    image: z.string().nullable(),
    role: Role,
    isGuest: z.boolean(),
    banned: z.boolean(),
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
const Password = text(128, 8).meta({ description: '8 to 128 characters.' });

export const UserList = z.strictObject({ ...paging, search: Search.optional() });
export const UserPage = page(User).meta({ id: 'UserPage' });

export const UserCreate = z.strictObject({
  name: Name,
  email: Email,
  password: Password,
  image: Image.default(null),
  role: Role.default('user'),
});

/** The whole profile: what is left out is reset. */
export const UserReplace = ById.extend({ name: Name, email: Email, image: Image.default(null) });

/** Any part of the profile: what is left out stays. */
export const UserUpdate = ById.extend({
  name: Name.optional(),
  email: Email.optional(),
  image: Image.optional(),
});

export const UserSetRole = ById.extend({ role: Role });

export const UserSetQuota = ById.extend({
  dailyTokens: z.int().min(0).max(2_000_000_000).nullable().meta({
    description: 'Model tokens a day (UTC); null goes back to the installation’s quota.',
  }),
});

export const UserBan = ById.extend({
  reason: line(500).optional(),
  expiresAt: z.date().optional().meta({ description: 'When the ban ends by itself; never when left out.' }),
});
