/** The rows that every system serves, created in memory. */

export interface Thing {
  id: string;
  title: string;
  model: string | null;
  pinned: boolean;
  count: number;
  createdAt: Date;
  updatedAt: Date;
}

export interface NewThing {
  title: string;
  pinned: boolean;
  dueAt: Date;
}

export interface CreatedThing extends NewThing {
  id: string;
  createdAt: Date;
}

const CREATED = Date.UTC(2026, 0, 31, 12, 30, 15, 250);
const UPDATED = Date.UTC(2026, 1, 1, 8, 0, 0, 125);
const LISTED = 100;
const RESOURCES = 100;

/** The number of things that each router of the mixed workload lists. */
export const LISTED_BY_MANY = 20;

/** Returns the names of the routers of the mixed workload: things0, things1, … */
export function manyResources(): string[] {
  return Array.from({ length: RESOURCES }, (_, index) => `things${index}`);
}

/** Returns the thing with this id. */
export function getThing(id: string): Thing {
  return {
    id,
    title: `The thing that is called ${id}`,
    model: null,
    pinned: true,
    count: 42,
    createdAt: new Date(CREATED),
    updatedAt: new Date(UPDATED),
  };
}

/** Returns the created thing, without storing it. */
export function createThing({ title, pinned, dueAt }: NewThing): CreatedThing {
  return { id: '43', title, pinned, dueAt, createdAt: new Date(CREATED) };
}

/** Returns things, a hundred by default. */
export function listThings(count = LISTED): { items: Thing[] } {
  return { items: Array.from({ length: count }, (_, index) => getThing(String(index))) };
}
