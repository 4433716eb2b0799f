import type { JSONObject } from '@ai-sdk/provider';
import { initTRPC } from '@trpc/server';
import type { LevelMapping } from 'pino';
import { z } from 'zod';
import { trackedIterable } from '../../index.ts';

const { router, procedure } = initTRPC.create();

interface ServerType {
  secret: string;
  more?: InnerServerType[];
}
interface InnerServerType {
  at: Date;
}

const Kind = z.enum(['small', 'large']).meta({ id: 'Kind', description: 'How large it is.' });
const Thing = z
  .object({
    id: z.string().brand<'ThingId'>(),
    kind: Kind.default('small'),
    size: z
      .string()
      .transform((text) => text.length)
      .meta({ description: 'How long it is.' }),
    pair: z.tuple([z.string(), z.number().nullable()]).readonly(),
    counts: z.record(z.string(), z.number()),
    literal: z.literal([3n, 1n, 'b', 2, null]),
    levels: z.custom<LevelMapping>(),
    either: z.discriminatedUnion('is', [
      z.object({ is: z.literal('b'), on: z.boolean() }),
      z.object({ is: z.literal('a') }),
    ]),
  })
  .meta({ id: 'Thing', description: 'A thing.' });
const Tree = z
  .object({
    name: z.string(),
    get children() {
      return z.array(Tree);
    },
  })
  .meta({ id: 'Tree' });

/** A router with types that are difficult to print. */
export const things = router({
  put: procedure
    .meta({ openapi: { summary: 'Put a thing' } })
    .input(Thing)
    .output(Thing)
    .mutation(({ input }) => ({ ...input, size: '' })),
  change: procedure
    .meta({
      openapi: { summary: 'Change a thing' },
      deprecated: { since: '2026-01-31', sunset: '2027-01-31', successor: 'put' },
    })
    .mutation(() => true),
  trees: { all: procedure.output(z.array(Tree)).query(() => []) },
  upload: procedure
    .input(
      z.object({
        picture: z.file().mime(['image/png']),
        others: z.array(z.file()).optional(),
        either: z.union([z.file(), z.string()]),
      }),
    )
    .output(z.object({ copy: z.instanceof(Blob), at: z.instanceof(URL), bytes: z.instanceof(Uint8Array) }))
    .mutation(({ input }) => ({
      copy: input.picture,
      at: new URL('https://example.com/'),
      bytes: new Uint8Array(),
    })),
  form: procedure.input(z.instanceof(FormData)).mutation(() => undefined),
  follow: procedure
    .input(z.object({ from: z.date().optional() }))
    .output(trackedIterable(z.custom<ServerType>()))
    .subscription(async function* () {
      yield* await Promise.resolve([]);
    }),
});

/** A router whose output is not data. */
export const withFunction = router({
  work: procedure.output(z.custom<() => void>()).query(() => () => undefined),
});

/** A router with a type that refers to itself and that a package exports, inside types that are written out. */
export const withExported = router({
  read: procedure
    .output(z.object({ at: z.date(), data: z.custom<LevelMapping & { more: JSONObject | null }>() }))
    .query(() => ({ at: new Date(), data: { values: {}, labels: {}, more: null } })),
});

interface Recursive {
  next: Recursive | null;
}

/** A router whose output contains itself and has no name. */
export const withoutName = router({
  next: procedure.output(z.custom<Recursive>()).query(() => ({ next: null })),
});
