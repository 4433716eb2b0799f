import type { LanguageModelUsage } from 'ai';
import { and, desc, eq, getTableColumns, sql, type SQL } from 'drizzle-orm';
import type { z } from 'zod';
import type { UsageList } from '#contract/protected';
import type { Db } from '#server/db/database';
import { addressDays, usageDays, users } from '#server/db/schema/index';
import type { Env } from '#server/env';
import type { Actor } from '#server/people/actor';
import { nextDay, type Reservation, reservedToday, today } from './quota.ts';

/** Tokens used, as far as they are known. */
export interface Usage {
  inputTokens: number | null;
  outputTokens: number | null;
  cachedTokens: number | null;
  reasoningTokens: number | null;
}

/** Bytes of UTF-8 that make a token of usual text, by rule of thumb. */
const TOKEN_BYTES = 4;

/**
 * Returns what an answer used whose provider did not say, because the answer was cut off or failed: a quota must not be dodged by
 * that. It is never more than was reserved.
 * @param input its `mostInputTokens`, or `null` if that is not known.
 * @param said the bytes that the model wrote.
 */
export function estimate(input: number | null, said: number, reserved: Reservation | null): Usage {
  const tokens = Math.ceil(said / TOKEN_BYTES);
  return {
    inputTokens: input === null ? null : Math.ceil(input / TOKEN_BYTES),
    outputTokens: reserved ? Math.min(tokens, reserved.output) : tokens,
    cachedTokens: null,
    reasoningTokens: null,
  };
}

/** The largest number that a column of type integer holds. */
const MAX_INTEGER = 2 ** 31 - 1;

/** A number of tokens as it can be stored, whatever a provider sent for one. */
function tokenCount(count: number | undefined): number | null {
  if (count === undefined || Number.isNaN(count) || count < 0) return null;
  return Math.min(Math.trunc(count), MAX_INTEGER);
}

const positive = (count: number | undefined) => (count === 0 ? null : tokenCount(count));

/** Returns what a provider told, completed by an estimate. Some SDKs report 0 for what the provider left out. */
export function known(told: LanguageModelUsage | null, estimated: Usage): Usage {
  return {
    inputTokens: positive(told?.inputTokens) ?? estimated.inputTokens,
    outputTokens: positive(told?.outputTokens) ?? estimated.outputTokens,
    cachedTokens: tokenCount(told?.inputTokenDetails.cacheReadTokens),
    reasoningTokens: tokenCount(told?.outputTokenDetails.reasoningTokens),
  };
}

const addUp = sql`on conflict (user_id, day) do update set
  runs = total.runs + excluded.runs,
  input_tokens = total.input_tokens + excluded.input_tokens,
  output_tokens = total.output_tokens + excluded.output_tokens,
  cached_tokens = total.cached_tokens + excluded.cached_tokens,
  reasoning_tokens = total.reasoning_tokens + excluded.reasoning_tokens`;

/**
 * The parts of a statement that add tokens to the day they belong to, of their user and of their address. A user who is gone has no
 * days. The rows are locked in the order in which `switchboard_reserve` locks them.
 * @param ended a relation with `user_id`, `day` and `address`, empty if nothing is to be added.
 * @param count how many runs they are; 0 for what belongs to a run that is counted already.
 */
export function addUsage(ended: SQL, usage: Usage, count: 0 | 1): SQL[] {
  const used = [usage.inputTokens, usage.outputTokens, usage.cachedTokens, usage.reasoningTokens];
  const values = sql.join(
    used.map((tokens) => sql`${tokens ?? 0}::bigint`),
    sql`, `,
  );
  const sum = (usage.inputTokens ?? 0) + (usage.outputTokens ?? 0);
  return [
    sql`used as (
      insert into ${usageDays} as total
        (user_id, day, runs, input_tokens, output_tokens, cached_tokens, reasoning_tokens)
      select whose.user_id, whose.day, ${count}::int, ${values} from (
        select ${users.id} as user_id, ended.day from ${ended} ended
        join ${users} on ${users.id} = ended.user_id for key share of ${users}
      ) whose
      ${addUp}
      returning 1
    )`,
    sql`used_there as (
      insert into ${addressDays} as total (day, address, tokens)
      select day, address, ${sum}::bigint from ${ended}
      where address is not null and (select count(*) from used) >= 0
      on conflict (day, address) do update set tokens = total.tokens + excluded.tokens
    )`,
  ];
}

/** The statement that gives what a guest used to the account the guest has become. */
export const moveUsage = (guestId: string, userId: string): SQL => sql`
  with moved as (delete from ${usageDays} where user_id = ${guestId} returning *)
  insert into ${usageDays} as total
    (user_id, day, runs, input_tokens, output_tokens, cached_tokens, reasoning_tokens)
  select ${userId}, day, runs, input_tokens, output_tokens, cached_tokens, reasoning_tokens from moved
  ${addUp}`;

const { userId: _userId, ...columns } = getTableColumns(usageDays);

/** The model tokens the actor used, by day, newest first, and their quota. */
export async function listUsage(
  { db, env }: { db: Db; env: Env },
  actor: Actor,
  { days }: z.output<typeof UsageList>,
) {
  const rows = await db
    .select({
      own: users.dailyTokens,
      reserved: reservedToday,
      day: columns,
      isToday: sql<boolean>`${usageDays.day} = ${today}`,
    })
    .from(users)
    .leftJoin(usageDays, and(eq(usageDays.userId, users.id), sql`${usageDays.day} > ${today} - ${days}::int`))
    .where(eq(users.id, actor.userId))
    .orderBy(desc(usageDays.day));
  const used = rows.find(({ isToday }) => isToday)?.day;
  const dailyTokens = rows[0]?.own ?? env.AI_DAILY_TOKENS;
  return {
    items: rows.flatMap(({ day }) => day ?? []),
    quota:
      dailyTokens === undefined
        ? null
        : {
            dailyTokens,
            usedToday: (used?.inputTokens ?? 0) + (used?.outputTokens ?? 0),
            reservedToday: rows[0]?.reserved ?? 0,
            resetsAt: nextDay(new Date()),
          },
  };
}
