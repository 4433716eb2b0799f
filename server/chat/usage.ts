import { and, desc, eq, getTableColumns, type SQL, sql } from 'drizzle-orm';
import type { z } from 'zod';
import type { UsageList } from '#contract/protected';
import type { Usage } from '#server/chat/run-store';
import type { Actor } from '#server/context';
import { usageDays, users } from '#server/db/schema';
import type { Deps } from '#server/deps';
import { AppError } from '#server/errors';

const { userId: _userId, ...columns } = getTableColumns(usageDays);

/** Today in UTC, by the database's clock. */
export const today = sql<string>`(now() at time zone 'utc')::date`;

/**
 * The statement that adds what a run used to its user's day, for the one that ends the run.
 * @param ended a relation with the user's id as `user_id`, empty when nothing is to be added.
 */
export function addUsage(ended: SQL, usage: Usage): SQL {
  const used = [usage.inputTokens, usage.outputTokens, usage.cachedTokens, usage.reasoningTokens];
  const values = sql.join(
    used.map((tokens) => sql`${tokens ?? 0}::bigint`),
    sql`, `,
  );
  return sql`
    insert into ${usageDays} as total
      (user_id, day, runs, input_tokens, output_tokens, cached_tokens, reasoning_tokens)
    select user_id, ${today}, 1, ${values} from ${ended}
    on conflict (user_id, day) do update set
      runs = total.runs + 1,
      input_tokens = total.input_tokens + excluded.input_tokens,
      output_tokens = total.output_tokens + excluded.output_tokens,
      cached_tokens = total.cached_tokens + excluded.cached_tokens,
      reasoning_tokens = total.reasoning_tokens + excluded.reasoning_tokens`;
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

/** The columns that decide about a quota, of a user joined with their `usageDays` of today. */
export const quotaColumns = {
  own: users.dailyTokens,
  used: sql<number>`coalesce(${usageDays.inputTokens} + ${usageDays.outputTokens}, 0)`.mapWith(Number),
};

interface QuotaRow {
  own: number | null;
  used: number;
}

/** What a user may use a day and has used today; `null` when tokens are not limited. */
function quotaOf(env: Deps['env'], { own, used }: QuotaRow): Quota | null {
  const dailyTokens = own ?? env.AI_DAILY_TOKENS;
  return dailyTokens === undefined ? null : { dailyTokens, usedToday: used, resetsAt: nextDay(new Date()) };
}

/** @throws {AppError} QUOTA_EXCEEDED when the user's tokens of today are used up; it says when there are new ones. */
export function refuseOverQuota(env: Deps['env'], row: QuotaRow): void {
  const quota = quotaOf(env, row);
  if (!quota || quota.usedToday < quota.dailyTokens) return;
  throw new AppError('QUOTA_EXCEEDED', {
    detail: `You used ${quota.usedToday} of ${quota.dailyTokens} model tokens today; new ones at ${quota.resetsAt.toISOString()}.`,
    retryAfter: Math.ceil((quota.resetsAt.getTime() - Date.now()) / 1000),
  });
}

/** The model tokens the actor used, by day, newest first, and their quota. */
export async function listUsage({ db, env }: Deps, actor: Actor, { days }: z.output<typeof UsageList>) {
  const rows = await db
    .select({ own: users.dailyTokens, day: columns, isToday: sql<boolean>`${usageDays.day} = ${today}` })
    .from(users)
    .leftJoin(usageDays, and(eq(usageDays.userId, users.id), sql`${usageDays.day} > ${today} - ${days}::int`))
    .where(eq(users.id, actor.userId))
    .orderBy(desc(usageDays.day));
  const used = rows.find(({ isToday }) => isToday)?.day;
  return {
    items: rows.flatMap(({ day }) => day ?? []),
    quota: quotaOf(env, {
      own: rows[0]?.own ?? null,
      used: (used?.inputTokens ?? 0) + (used?.outputTokens ?? 0),
    }),
  };
}
