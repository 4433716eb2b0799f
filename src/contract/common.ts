import { z } from 'zod';

/** PostgreSQL's text cannot hold NUL, and UTF-8 cannot hold half a surrogate pair. */
const storable = (value: string) => !value.includes('\0') && value.isWellFormed();
const STORABLE = 'must be well-formed Unicode without NUL characters';

/** Text of any kind, of 1 to `max` UTF-16 code units unless `min` says otherwise. */
export const text = (max: number, min = 1) => z.string().min(min).max(max).refine(storable, STORABLE);

/** One line for people to read: a name or a title, without white space around it. */
export const line = (max: number, min = 1) =>
  z
    .string()
    .trim()
    .min(min)
    .max(max)
    .refine(storable, STORABLE)
    .regex(/^[^\r\n]*$/, 'must be one line');

/** The id of anything. Opaque: clients keep it as they got it. */
export const Id = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be an id: 1 to 64 letters, digits, - or _')
  .meta({ description: 'An opaque id.', examples: ['019ab1c2-7d3e-7f00-8000-5f0c6a1d2e3f'] });

/** A point in time that every surface can say and PostgreSQL can hold: of a year with four digits. */
export const Instant = z
  .date()
  .min(new Date(0), 'must not be before 1970')
  .max(new Date('9999-12-31T23:59:59.999Z'), 'must be before the year 10000');

/** Input that is nothing but an id. */
export const ById = z.strictObject({ id: Id });

/** An e-mail address; stored in lower case, so that it is unique without regard to case. */
export const Email = z
  .email()
  .max(254)
  .transform((value) => value.toLowerCase())
  .meta({ description: 'An e-mail address; case does not matter.', examples: ['ada@example.com'] });

/** The fields of every list call; `cursor` comes from the page before. */
export const paging = {
  limit: z.int().min(1).max(100).default(20).meta({ description: 'How many items at most.' }),
  cursor: text(500)
    .optional()
    .meta({ description: 'nextCursor of the page before.', examples: ['WyIwMTlhYjFjMiJd'] }),
};

/** One page of a list. `nextCursor` is null on the last page. */
export const page = <T extends z.core.$ZodType>(item: T) =>
  z.object({
    items: z.array(item),
    nextCursor: z
      .string()
      .nullable()
      .meta({
        description: 'What to send as `cursor` for the next page; null on the last one.',
        examples: ['WyIwMTlhYjFjMiJd'],
      }),
  });

/** A search for any substrings, in any script. */
export const Search = text(200).meta({
  description:
    'Words that must all be found, each anywhere, also inside of words; "quotes" make a phrase. Case and accents do not matter. A page also ends when it has examined enough, so it may have no items and a nextCursor.',
  examples: ['proced'],
});
