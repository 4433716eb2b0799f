import { z } from 'zod';

/** PostgreSQL's text cannot hold NUL, and UTF-8 cannot hold half a surrogate pair. */
const storable = (value: string) => !value.includes('\0') && value.isWellFormed();
const STORABLE = 'must be well-formed Unicode without NUL characters';

/** Any text of `min` (default: 1) to `max` UTF-16 code units. */
export const text = (max: number, min = 1) => z.string().min(min).max(max).refine(storable, STORABLE);

/** A line of text such as a name or a title. White space at both ends is removed. */
export const line = (max: number, min = 1) =>
  z
    .string()
    .trim()
    .min(min)
    .max(max)
    .refine(storable, STORABLE)
    .regex(/^[^\r\n]*$/, 'must be one line');

/** An opaque id: clients store it unchanged. */
export const Id = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be an id: 1 to 64 letters, digits, - or _')
  .meta({ description: 'Opaque.', examples: ['019ab1c2-7d3e-7f00-8000-5f0c6a1d2e3f'] });

/** A point in time that all surfaces and PostgreSQL can represent: its year has four digits. */
export const Instant = z
  .date()
  .min(new Date(0), 'must not be before 1970')
  .max(new Date('9999-12-31T23:59:59.999Z'), 'must be before the year 10000');

/** Input that has only an id. */
export const ById = z.strictObject({ id: Id });

/** An email address. It is stored in lower case, so that two addresses cannot differ only in case. */
export const Email = z
  .email()
  .max(254)
  .transform((value) => value.toLowerCase())
  .meta({ description: 'An email address. It is not case-sensitive.', examples: ['ada@example.com'] });

/** The input fields of every list. `cursor` is the `nextCursor` of the previous page. */
export const paging = {
  limit: z.int().min(1).max(100).default(20).meta({ description: 'The maximum number of items.' }),
  cursor: text(500)
    .optional()
    .meta({ description: 'The `nextCursor` of the previous page.', examples: ['WyIwMTlhYjFjMiJd'] }),
};

/** One page of a list. `nextCursor` is null on the last page. */
export const page = <T extends z.core.$ZodType>(item: T) =>
  z.object({
    items: z.array(item),
    nextCursor: z
      .string()
      .nullable()
      .meta({
        description: 'The `cursor` of the next page; null on the last page.',
        examples: ['WyIwMTlhYjFjMiJd'],
      }),
  });

/** A search for substrings in any script. */
export const Search = text(200).meta({
  description:
    'The words to find, also inside other words. All must match. Use "quotes" for a phrase. Case and accents are ignored. A page also ends at a limit of examined text, so it can be empty but have a nextCursor.',
  examples: ['proced'],
});
