import type { LanguageModelUsage } from 'ai';
import { and, desc, eq, getTableColumns, sql, type SQL } from 'drizzle-orm';
import type { z } from 'zod';
import type { UsageList } from '#contract/protected';
import type { Db } from '#server/db/database';
import { addressDays, usageDays, usageModels, users } from '#server/db/schema/index';
import type { Env } from '#server/env';
import type { Actor } from '#server/people/actor';
import { nextDay, type Reservation, reservedToday, today } from './quota.ts';

/** The used tokens, as far as they are known. */
export interface Usage {
  inputTokens: number | null;
  outputTokens: number | null;
  cachedTokens: number | null;
  reasoningTokens: number | null;
}

/** The typical number of UTF-8 bytes of a token, as a rule of thumb. */
const TOKEN_BYTES = 4;

/**
 * Estimates the usage of an answer whose provider did not report it, because the answer was interrupted or failed. This
 * must not be a way around the quota. The estimate never exceeds the reservation.
 * @param input its `maxInputTokens`, or `null` if unknown.
 * @param outputBytes the bytes that the model wrote.
 */
export function estimate(input: number | null, outputBytes: number, reserved: Reservation | null): Usage {
  const tokens = Math.ceil(outputBytes / TOKEN_BYTES);
  return {
    inputTokens: input === null ? null : Math.ceil(input / TOKEN_BYTES),
    outputTokens: reserved ? Math.min(tokens, reserved.output) : tokens,
    cachedTokens: null,
    reasoningTokens: null,
  };
}

/** Adds up the usage of two attempts of one run. An unknown number counts as 0, unless both are unknown. */
export function sumUsage(first: Usage | null, second: Usage | null): Usage | null {
  if (!first || !second) return first ?? second;
  const sum = (name: keyof Usage) =>
    first[name] === null && second[name] === null ? null : (first[name] ?? 0) + (second[name] ?? 0);
  return {
    inputTokens: sum('inputTokens'),
    outputTokens: sum('outputTokens'),
    cachedTokens: sum('cachedTokens'),
    reasoningTokens: sum('reasoningTokens'),
  };
}

/** The largest number that a column of type integer holds. */
const MAX_INTEGER = 2 ** 31 - 1;

/** Converts the token count of a provider, which may be any number, into one that can be stored. */
function tokenCount(count: number | undefined): number | null {
  if (count === undefined || Number.isNaN(count) || count < 0) return null;
  return Math.min(Math.trunc(count), MAX_INTEGER);
}

const positive = (count: number | undefined) => (count === 0 ? null : tokenCount(count));

/**
 * Completes the usage that a provider reported with an estimate. Some SDKs report 0 if the provider reported nothing.
 */
export function completeUsage(reported: LanguageModelUsage | null, estimated: Usage): Usage {
  return {
    inputTokens: positive(reported?.inputTokens) ?? estimated.inputTokens,
    outputTokens: positive(reported?.outputTokens) ?? estimated.outputTokens,
    cachedTokens: tokenCount(reported?.inputTokenDetails.cacheReadTokens),
    reasoningTokens: tokenCount(reported?.outputTokenDetails.reasoningTokens),
  };
}

/** The tokens of one model on one day. */
interface ModelUsage {
  model: string;
  inputTokens: number;
  outputTokens: number;
}

const addUp = sql`on conflict (user_id, day) do update set
  runs = total.runs + excluded.runs,
  input_tokens = total.input_tokens + excluded.input_tokens,
  output_tokens = total.output_tokens + excluded.output_tokens,
  cached_tokens = total.cached_tokens + excluded.cached_tokens,
  reasoning_tokens = total.reasoning_tokens + excluded.reasoning_tokens`;

const addUpModel = sql`on conflict (user_id, day, model) do update set
  input_tokens = total.input_tokens + excluded.input_tokens,
  output_tokens = total.output_tokens + excluded.output_tokens`;

/**
 * Returns the parts of a statement that add tokens to the day of their user, of their model and of their IP address. A
 * deleted user has no days. The rows are locked in the same order as in the database function `reserve`.
 * @param ended a relation with `user_id`, `day`, `model` and `address`; empty if nothing is to be added.
 * @param count the number of runs; 0 for tokens of a run that has already been counted.
 */
export function addUsage(ended: SQL, usage: Usage, count: 0 | 1): SQL[] {
  const counts = [usage.inputTokens, usage.outputTokens, usage.cachedTokens, usage.reasoningTokens];
  const values = sql.join(
    counts.map((tokens) => sql`${tokens ?? 0}::bigint`),
    sql`, `,
  );
  const sum = (usage.inputTokens ?? 0) + (usage.outputTokens ?? 0);
  return [
    sql`used as (
      insert into ${usageDays} as total
        (user_id, day, runs, input_tokens, output_tokens, cached_tokens, reasoning_tokens)
      select owner.user_id, owner.day, ${count}::int, ${values} from (
        select ${users.id} as user_id, ended.day from ${ended} ended
        join ${users} on ${users.id} = ended.user_id for key share of ${users}
      ) owner
      ${addUp}
      returning 1
    )`,
    addToModel(
      sql`(select ended.* from ${ended} ended where (select count(*) from used) > 0)`,
      sql`${usage.inputTokens ?? 0}::bigint`,
      sql`${usage.outputTokens ?? 0}::bigint`,
    ),
    sql`used_by_address as (
      insert into ${addressDays} as total (day, address, tokens)
      select day, address, ${sum}::bigint from ${ended}
      where address is not null and (select count(*) from used) >= 0
      on conflict (day, address) do update set tokens = total.tokens + excluded.tokens
    )`,
  ];
}

/**
 * Returns the part of a statement that adds tokens to the model that used them.
 * @param paid a relation with `user_id`, `day` and `model`, and the columns that `input` and `output` read.
 */
export const addToModel = (paid: SQL, input: SQL, output: SQL): SQL => sql`used_by_model as (
  insert into ${usageModels} as total (user_id, day, model, input_tokens, output_tokens)
  select paid.user_id, paid.day, paid.model, ${input}, ${output} from ${paid} paid
  where ${input} <> 0 or ${output} <> 0
  ${addUpModel}
)`;

/** The statement that moves the usage of a guest to the account that the guest has become. */
export const moveUsage = (guestId: string, userId: string): SQL => sql`
  with moved as (delete from ${usageDays} where user_id = ${guestId} returning *),
  moved_models as (delete from ${usageModels} where user_id = ${guestId} returning *),
  models as (
    insert into ${usageModels} as total (user_id, day, model, input_tokens, output_tokens)
    select ${userId}, day, model, input_tokens, output_tokens from moved_models
    ${addUpModel}
  )
  insert into ${usageDays} as total
    (user_id, day, runs, input_tokens, output_tokens, cached_tokens, reasoning_tokens)
  select ${userId}, day, runs, input_tokens, output_tokens, cached_tokens, reasoning_tokens from moved
  ${addUp}`;

/** A column for a query of `usageDays`: the models of the day, the one with the most tokens first. */
const models = sql<ModelUsage[]>`coalesce((
    select json_agg(
      json_build_object('model', model, 'inputTokens', input_tokens, 'outputTokens', output_tokens)
      order by input_tokens + output_tokens desc, model
    ) from ${usageModels} by_model
    where by_model.user_id = ${usageDays.userId} and by_model.day = ${usageDays.day}
  ), '[]'::json)`;

const { userId: _userId, ...columns } = getTableColumns(usageDays);

/** The columns of a day of usage, for a query of `usageDays`. */
export const usageColumns = { ...columns, models };

/** Returns the model tokens that the actor used by day, newest first, and their quota. */
export async function listUsage(
  { db, env }: { db: Db; env: Env },
  actor: Actor,
  { days }: z.output<typeof UsageList>,
) {
  const rows = await db
    .select({
      own: users.dailyTokens,
      reserved: reservedToday,
      day: usageColumns,
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
