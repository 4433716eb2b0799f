import { and, desc, eq, getTableColumns, sql } from 'drizzle-orm';
import type { z } from 'zod';
import type { UsageList } from '#contract/protected';
import type { Usage } from '#server/chat/run-store';
import type { Actor } from '#server/context';
import type { Db } from '#server/db/client';
import { usageDays, users } from '#server/db/schema';
import type { Deps } from '#server/deps';
import { AppError } from '#server/errors';

const { userId: _userId, ...columns } = getTableColumns(usageDays);

/** Today in UTC, by the database's clock. */
const today = sql<string>`(now() at time zone 'utc')::date`;

/** Adds what a run used to its user's day; give the transaction that ends the run. */
export async function addUsage(tx: Db, userId: string, usage: Usage): Promise<void> {
  const { inputTokens, outputTokens, cachedTokens, reasoningTokens } = usage;
  const values = {
    inputTokens: inputTokens ?? 0,
    outputTokens: outputTokens ?? 0,
    cachedTokens: cachedTokens ?? 0,
    reasoningTokens: reasoningTokens ?? 0,
  };
  await tx
    .insert(usageDays)
    .values({ userId, day: today, runs: 1, ...values })
    .onConflictDoUpdate({
      target: [usageDays.userId, usageDays.day],
      set: {
        runs: sql`${usageDays.runs} + 1`,
        inputTokens: sql`${usageDays.inputTokens} + ${values.inputTokens}`,
        outputTokens: sql`${usageDays.outputTokens} + ${values.outputTokens}`,
        cachedTokens: sql`${usageDays.cachedTokens} + ${values.cachedTokens}`,
        reasoningTokens: sql`${usageDays.reasoningTokens} + ${values.reasoningTokens}`,
      },
    });
}

interface Quota {
  dailyTokens: number;
  usedToday: number;
  resetsAt: Date;
}

/** The next midnight in UTC. */
function nextDay(now: Date): Date {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1));
}

/** What a user may use a day and has used today; `null` when tokens are not limited. */
async function quotaOf(db: Db, env: Deps['env'], userId: string): Promise<Quota | null> {
  const [row] = await db
    .select({
      own: users.dailyTokens,
      used: sql<number>`coalesce(${usageDays.inputTokens} + ${usageDays.outputTokens}, 0)`.mapWith(Number),
    })
    .from(users)
    .leftJoin(usageDays, and(eq(usageDays.userId, users.id), eq(usageDays.day, today)))
    .where(eq(users.id, userId));
  const dailyTokens = row?.own ?? env.AI_DAILY_TOKENS;
  if (dailyTokens === undefined) return null;
  return { dailyTokens, usedToday: row?.used ?? 0, resetsAt: nextDay(new Date()) };
}

/** @throws {AppError} QUOTA_EXCEEDED when the user's tokens of today are used up; it says when there are new ones. */
export async function checkQuota(db: Db, env: Deps['env'], userId: string): Promise<void> {
  const quota = await quotaOf(db, env, userId);
  if (!quota || quota.usedToday < quota.dailyTokens) return;
  throw new AppError('QUOTA_EXCEEDED', {
    detail: `You used ${quota.usedToday} of ${quota.dailyTokens} model tokens today; new ones at ${quota.resetsAt.toISOString()}.`,
    retryAfter: Math.ceil((quota.resetsAt.getTime() - Date.now()) / 1000),
  });
}

/** The model tokens the actor used, by day, newest first, and their quota. */
export async function listUsage({ db, env }: Deps, actor: Actor, { days }: z.output<typeof UsageList>) {
  const items = await db
    .select(columns)
    .from(usageDays)
    .where(and(eq(usageDays.userId, actor.userId), sql`${usageDays.day} > ${today} - ${days}::int`))
    .orderBy(desc(usageDays.day));
  return { items, quota: await quotaOf(db, env, actor.userId) };
}
