import { z } from 'zod';

const title = z.string().min(1).max(200);

export const GetThing = z.object({ id: z.string(), since: z.date().optional() });
export const NewThing = z.object({ title, pinned: z.boolean(), dueAt: z.date() });
export const Nothing = z.object({});

export const Thing = z.object({
  id: z.string(),
  title: z.string(),
  model: z.string().nullable(),
  pinned: z.boolean(),
  count: z.int(),
  createdAt: z.date(),
  updatedAt: z.date(),
});
export const Things = z.object({ items: z.array(Thing) });
export const CreatedThing = z.object({
  id: z.string(),
  title,
  pinned: z.boolean(),
  dueAt: z.date(),
  createdAt: z.date(),
});
