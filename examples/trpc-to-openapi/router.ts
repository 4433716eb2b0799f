import { initTRPC, TRPCError } from '@trpc/server';
import type { OpenApiMeta } from 'trpc-to-openapi';
import { z } from 'zod';

const t = initTRPC.meta<OpenApiMeta>().create();
const Book = z.object({ id: z.string(), title: z.string(), pages: z.number() });

const books = new Map([['1', { id: '1', title: 'Walden', pages: 352 }]]);

/** The router of a project that uses trpc-to-openapi. The migration does not change it. */
export const appRouter = t.router({
  book: t.procedure
    .meta({ openapi: { method: 'GET', path: '/books/{id}', tags: ['books'], summary: 'Get a book' } })
    .input(z.object({ id: z.string() }))
    .output(Book)
    .query(({ input }) => {
      const book = books.get(input.id);
      if (!book) throw new TRPCError({ code: 'NOT_FOUND', message: 'There is no such book.' });
      return book;
    }),
  search: t.procedure
    .meta({ openapi: { method: 'GET', path: '/books' } })
    .input(z.object({ title: z.string().optional(), minPages: z.coerce.number().default(0) }))
    .output(z.array(Book))
    .query(({ input: { title = '', minPages } }) =>
      [...books.values()].filter((book) => book.title.includes(title) && book.pages >= minPages),
    ),
  add: t.procedure
    .meta({ openapi: { method: 'POST', path: '/books' } })
    .input(Book.omit({ id: true }))
    .output(Book)
    .mutation(({ input }) => {
      const book = { id: String(books.size + 1), ...input };
      books.set(book.id, book);
      return book;
    }),
});
