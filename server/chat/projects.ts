import { and, desc, eq, lt } from 'drizzle-orm';
import { z } from 'zod';
import type { Chat } from '#contract/chat';
import type { ChatMove, Project, ProjectCreate, ProjectList, ProjectUpdate } from '#contract/projects';
import type { Db } from '#server/db/database';
import { isWithoutPlace } from '#server/db/errors';
import { cursorId, decodeCursor, toPage } from '#server/db/paging';
import { placeFor } from '#server/db/places';
import { chats, projects } from '#server/db/schema/index';
import type { Env } from '#server/env';
import { limitReached, notFound } from '#server/errors';
import type { Actor } from '#server/people/actor';
import { chatColumns, projectError } from './chats.ts';
import { isOwn } from './own-chat.ts';

const itemColumns = {
  id: projects.id,
  name: projects.name,
  createdAt: projects.createdAt,
  updatedAt: projects.updatedAt,
};
const columns = { ...itemColumns, instructions: projects.instructions };

const own = ({ userId }: Actor, id: string) => and(eq(projects.id, id), eq(projects.userId, userId));

const Newest = z.tuple([cursorId]);

/** Lists the actor's projects, newest first. */
export async function list(
  { db }: { db: Db },
  { userId }: Actor,
  { limit, cursor }: z.output<typeof ProjectList>,
) {
  const after = decodeCursor(Newest, cursor);
  const rows = await db
    .select(itemColumns)
    .from(projects)
    .where(and(eq(projects.userId, userId), after && lt(projects.id, after[0])))
    .orderBy(desc(projects.id))
    .limit(limit + 1);
  return toPage(rows, limit, ({ id }) => [id]);
}

/** Returns a project of the actor. @throws {AppError} NOT_FOUND */
export async function get({ db }: { db: Db }, actor: Actor, id: string): Promise<Project> {
  const [project] = await db.select(columns).from(projects).where(own(actor, id));
  if (!project) throw notFound('project');
  return project;
}

/** Why an account cannot have another project. */
export const tooManyProjects = ({ MAX_PROJECTS }: Pick<Env, 'MAX_PROJECTS'>) =>
  `You have ${MAX_PROJECTS} projects, which is the limit.`;

/** Creates a project. @throws {AppError} LIMIT_REACHED */
export async function create(
  { db, env }: { db: Db; env: Env },
  { userId }: Actor,
  { name, instructions }: z.output<typeof ProjectCreate>,
): Promise<Project> {
  const [project] = await db
    .insert(projects)
    .values({
      userId: placeFor(projects, userId, env.MAX_PROJECTS),
      name,
      instructions: instructions ?? '',
    })
    .returning(columns)
    .catch((error: unknown) => {
      throw isWithoutPlace(error) ? limitReached(`${tooManyProjects(env)} Delete one first.`) : error;
    });
  if (!project) throw notFound('project');
  return project;
}

/** Changes the fields that are not `undefined`. @throws {AppError} NOT_FOUND */
export async function update(
  { db }: { db: Db },
  actor: Actor,
  { id, ...change }: z.output<typeof ProjectUpdate>,
): Promise<Project> {
  const [project] = await db
    .update(projects)
    .set({ ...change, updatedAt: new Date() })
    .where(own(actor, id))
    .returning(columns);
  if (!project) throw notFound('project');
  return project;
}

/** Deletes a project. Its chats stay, in no project, because of their foreign key. @throws {AppError} NOT_FOUND */
export async function remove({ db }: { db: Db }, actor: Actor, id: string): Promise<void> {
  const removed = await db.delete(projects).where(own(actor, id)).returning({ id: projects.id });
  if (removed.length === 0) throw notFound('project');
}

/** Moves a chat to a project, or out of its project. @throws {AppError} NOT_FOUND, CONFLICT for a temporary chat */
export async function move(
  { db }: { db: Db },
  { userId }: Actor,
  { chatId, projectId }: z.output<typeof ChatMove>,
): Promise<Chat> {
  const [chat] = await db
    .update(chats)
    .set({ projectId, updatedAt: new Date() })
    .where(isOwn(userId, chatId))
    .returning(chatColumns)
    .catch((error: unknown) => {
      throw projectError(error);
    });
  if (!chat) throw notFound('chat');
  return chat;
}
