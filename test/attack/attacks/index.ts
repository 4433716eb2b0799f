import type { Attack } from '../attack.ts';
import { HOSTILE_MARKDOWN } from '../markdown.ts';
import { annotations } from './annotations.ts';
import { bodies } from './bodies.ts';
import { connections } from './connections.ts';
import { database } from './database.ts';
import { fuzz } from './fuzz.ts';
import { models } from './models.ts';
import { paths } from './paths.ts';
import { readAttacks } from './reads.ts';
import { rejections } from './rejections.ts';
import { spending } from './spending.ts';

/** Returns all attacks, in the order of docs/security.md. @param seed the seed of the random requests. */
export const attacksOf = (seed: number): readonly Attack[] => [
  ...annotations,
  ...bodies,
  ...rejections,
  ...spending,
  ...connections,
  ...paths,
  ...readAttacks(HOSTILE_MARKDOWN.map(({ name }) => name)),
  ...database,
  ...models,
  fuzz(seed),
];
