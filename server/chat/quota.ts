import type { UIMessage } from 'ai';
import { sql, type SQL } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { addressKey } from '#server/callers';
import { addressDays, isActive, runs, usageDays, users } from '#server/db/schema/index';
import type { Env } from '#server/env';
import { AppError } from '#server/errors';
import type { Actor } from '#server/people/actor';

/** Today in UTC, by the database's clock. */
export const today = sql<string>`(now() at time zone 'utc')::date`;

/** Fewer output tokens than these are no answer. `switchboard_reserve` has the same number. */
const MIN_OUTPUT = 200;
/** Seconds after which a call is worth another try if running answers have reserved what it needs. */
const RETRY_AFTER = 5;
/** What a chat template adds to the text around instructions, in tokens; what it adds to a message is less than its JSON. */
const FRAME = 20;

/** Tokens that are reserved for one answer. */
export interface Reservation {
  input: number;
  /** The most that the model may write. */
  output: number;
}

type Settings = Pick<Env, 'AI_DAILY_TOKENS' | 'AI_DAILY_TOKENS_PER_ADDRESS'>;
type Asker = Pick<Actor, 'isGuest' | 'request'>;

/** The model tokens that all guests of an address may use a day; `undefined` for no limit. */
const tokensPerAddress = (env: Settings) => env.AI_DAILY_TOKENS_PER_ADDRESS ?? env.AI_DAILY_TOKENS;

/** The address whose quota the actor draws from too: a guest's, if such a quota is set. */
export const quotaAddress = (env: Settings, { isGuest, request }: Asker): string | null =>
  isGuest && tokensPerAddress(env) !== undefined ? addressKey(request.ip) : null;

/**
 * Returns more tokens than a model can make of its input: no tokenizer makes two of one byte, and the JSON of a message has more
 * bytes around its text than any template adds.
 */
export function mostInputTokens(instructions: string, conversation: readonly UIMessage[]): number {
  const parts = conversation.map((message) => JSON.stringify(message.parts));
  return [instructions, ...parts].reduce((sum, text) => sum + Buffer.byteLength(text), FRAME);
}

const reserving = alias(runs, 'reserving');
const reserved = (whose: SQL) =>
  sql<number>`(select coalesce(sum(reserving.reserved_input + reserving.reserved_output), 0) from ${runs} reserving
    where ${whose} and ${isActive(reserving)} and reserving.day = ${today})`.mapWith(Number);

/** Tokens that active runs of a row of `users` reserve of today's. */
export const reservedToday = reserved(sql`reserving.user_id = ${users.id}`);

/** The columns that decide about a quota, of a user joined with their `usageDays` of today. @param address as `quotaAddress` has it. */
export const quotaColumns = (address: string | null) => ({
  own: users.dailyTokens,
  used: sql<number>`coalesce(${usageDays.inputTokens} + ${usageDays.outputTokens}, 0)`.mapWith(Number),
  reserved: reservedToday,
  usedThere:
    sql<number>`coalesce((select tokens from ${addressDays} where day = ${today} and address = ${address}), 0)`.mapWith(
      Number,
    ),
  reservedThere: reserved(sql`reserving.address = ${address}`),
});

/** What a query of `quotaColumns` finds. */
export interface QuotaRow {
  own: number | null;
  used: number;
  reserved: number;
  usedThere: number;
  reservedThere: number;
}

interface Budget {
  limit: number;
  used: number;
  reserved: number;
  /** Who used it, as the beginning of a sentence. */
  whose: string;
}

/** Returns the quotas that an answer for the actor draws from; none where tokens are not limited. */
export function budgetsFor(env: Settings, { isGuest }: Pick<Actor, 'isGuest'>, row: QuotaRow): Budget[] {
  const own = row.own ?? env.AI_DAILY_TOKENS;
  const there = isGuest ? tokensPerAddress(env) : undefined;
  return [
    ...(own === undefined ? [] : [{ limit: own, used: row.used, reserved: row.reserved, whose: 'You' }]),
    ...(there === undefined
      ? []
      : [
          {
            limit: there,
            used: row.usedThere,
            reserved: row.reservedThere,
            whose: 'The guests of your network',
          },
        ]),
  ];
}

/** The next midnight in UTC. */
export function nextDay(now: Date): Date {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1));
}

/**
 * Rejects an answer whose input and 200 tokens of output do not fit into each quota.
 * @param input as `mostInputTokens` has it, or 0 before it is known.
 * @throws {AppError} QUOTA_EXCEEDED, which says when to come back.
 */
export function rejectOverQuota(budgets: readonly Budget[], input: number): void {
  const need = input + MIN_OUTPUT;
  for (const { whose, limit, used } of budgets) {
    if (limit - used >= need) continue;
    const resetsAt = nextDay(new Date());
    throw new AppError('QUOTA_EXCEEDED', {
      detail: `${whose} used ${used} of ${limit} model tokens today, and this answer needs up to ${need}. New ones at ${resetsAt.toISOString()}.`,
      retryAfter: Math.ceil((resetsAt.getTime() - Date.now()) / 1000),
    });
  }
  if (budgets.some(({ limit, used, reserved }) => limit - used - reserved < need)) throw allReserved();
}

/** The rejection of a call for which running answers leave too few tokens: one of them may leave some when it ends. */
export function allReserved(): AppError {
  return new AppError('QUOTA_EXCEEDED', {
    detail:
      'Answers that are being written reserve the model tokens that are left today. Wait for one to end.',
    retryAfter: RETRY_AFTER,
  });
}

/**
 * The call of `switchboard_reserve`, or of `switchboard_pay`, for at most `atMost` output tokens. It fails with SQLSTATE SB002
 * if not even 200 fit (`isWithoutTokens`).
 */
export function takeTokens(
  env: Settings,
  how: 'reserve' | 'pay',
  whose: { userId: SQL; day: SQL; address: SQL },
  input: number,
  atMost: number,
): SQL {
  return sql`${sql.raw(`switchboard_${how}`)}(${whose.userId}, ${whose.day}, ${env.AI_DAILY_TOKENS ?? null}::bigint,
    ${whose.address}, ${tokensPerAddress(env) ?? null}::bigint, ${input}::int, ${atMost}::int)`;
}
