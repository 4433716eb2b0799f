import { z } from 'zod';

const title = z.string().min(1).max(200);

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

/** Inputs of formats that support dates. */
export const GetThing = z.object({ id: z.string(), since: z.date().optional() });
export const NewThing = z.object({ title, pinned: z.boolean(), dueAt: z.date() });

/** Inputs of formats with dates as ISO 8601 text. */
export const ThingParams = z.object({ id: z.string() });
export const ThingQuery = z.object({ since: z.coerce.date().optional() });
export const GetThingOfText = ThingParams.extend(ThingQuery.shape);
export const NewThingOfText = NewThing.extend({ dueAt: z.coerce.date() });
