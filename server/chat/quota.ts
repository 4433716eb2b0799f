import type { UIMessage } from 'ai';
import { sql, type SQL } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { addressKey } from '#layer/index';
import { addressDays, isActive, runs, usageDays, users } from '#server/db/schema/index';
import type { Env } from '#server/env';
import { AppError } from '#server/errors';
import { metrics } from '#server/metrics/instruments';
import type { Actor } from '#server/people/actor';
import { functionName } from '#server/db/names';
import { mostFileTokens } from './files/part.ts';

/** Today in UTC, by the database's clock. */
export const today = sql<string>`(now() at time zone 'utc')::date`;

/** The minimum of output tokens for a useful answer. The database function `reserve` has the same number. */
const MIN_OUTPUT = 200;
/** Seconds after which a retry makes sense if running answers have reserved the tokens that the call needs. */
const RETRY_AFTER = 5;
/** The tokens that a chat template adds around instructions. Around a message it adds less than the JSON has. */
const FRAME = 20;

/** Tokens that are reserved for one answer. */
export interface Reservation {
  input: number;
  /** The maximum that the model may write. */
  output: number;
}

type Settings = Pick<Env, 'AI_DAILY_TOKENS' | 'AI_DAILY_TOKENS_PER_ADDRESS'>;
type Asker = Pick<Actor, 'isGuest' | 'request'>;

/** Returns the model tokens that all guests of an IP address may use per day; `undefined` for no limit. */
const tokensPerAddress = (env: Settings) => env.AI_DAILY_TOKENS_PER_ADDRESS ?? env.AI_DAILY_TOKENS;

/** Returns the IP address whose quota also applies to the actor: a guest's, if such a quota is set. */
export const quotaAddress = (env: Settings, { isGuest, request }: Asker): string | null =>
  isGuest && tokensPerAddress(env) !== undefined ? addressKey(request.ip) : null;

/**
 * Returns an upper bound for the input tokens of a model: no tokenizer turns one byte into two tokens, and the JSON of
 * a message has more bytes around its text than any template adds. For files, it is an estimate with a wide margin.
 */
export function maxInputTokens(instructions: string, conversation: readonly UIMessage[]): number {
  const parts = conversation.map((message) => JSON.stringify(message.parts));
  const texts = [instructions, ...parts].reduce((sum, text) => sum + Buffer.byteLength(text), FRAME);
  return conversation.reduce((sum, message) => sum + mostFileTokens(message.parts), texts);
}

const reserving = alias(runs, 'reserving');
const reserved = (isCounted: SQL) =>
  sql<number>`(select coalesce(sum(reserving.reserved_input + reserving.reserved_output), 0) from ${runs} reserving
    where ${isCounted} and ${isActive(reserving)} and reserving.day = ${today})`.mapWith(Number);

/** A column for a query of `users`: the tokens of today that active runs of the user reserve. */
export const reservedToday = reserved(sql`reserving.user_id = ${users.id}`);

/**
 * The columns that decide about a quota, for a query of a user joined with their `usageDays` of today.
 * @param address the result of `quotaAddress`.
 */
export const quotaColumns = (address: string | null) => ({
  own: users.dailyTokens,
  used: sql<number>`coalesce(${usageDays.inputTokens} + ${usageDays.outputTokens}, 0)`.mapWith(Number),
  reserved: reservedToday,
  usedByAddress:
    sql<number>`coalesce((select tokens from ${addressDays} where day = ${today} and address = ${address}), 0)`.mapWith(
      Number,
    ),
  reservedByAddress: reserved(sql`reserving.address = ${address}`),
});

/** A row of a query of `quotaColumns`. */
export interface QuotaRow {
  own: number | null;
  used: number;
  reserved: number;
  usedByAddress: number;
  reservedByAddress: number;
}

interface Budget {
  limit: number;
  used: number;
  reserved: number;
  /** The users of the budget, as the subject of a sentence. */
  subject: string;
}

/** Returns the quotas that apply to an answer for the actor; none if tokens are not limited. */
export function budgetsFor(env: Settings, { isGuest }: Pick<Actor, 'isGuest'>, row: QuotaRow): Budget[] {
  const own = row.own ?? env.AI_DAILY_TOKENS;
  const perAddress = isGuest ? tokensPerAddress(env) : undefined;
  return [
    ...(own === undefined ? [] : [{ limit: own, used: row.used, reserved: row.reserved, subject: 'You' }]),
    ...(perAddress === undefined
      ? []
      : [
          {
            limit: perAddress,
            used: row.usedByAddress,
            reserved: row.reservedByAddress,
            subject: 'The guests of your network',
          },
        ]),
  ];
}

/** Returns the next midnight in UTC. */
export function nextDay(now: Date): Date {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1));
}

/**
 * Rejects an answer whose input and 200 tokens of output do not fit into each quota.
 * @param input the result of `maxInputTokens`, or 0 before it is known.
 * @throws {AppError} QUOTA_EXCEEDED, with the seconds after which to retry.
 */
export function rejectOverQuota(budgets: readonly Budget[], input: number): void {
  const need = input + MIN_OUTPUT;
  for (const { subject, limit, used } of budgets) {
    if (limit - used >= need) continue;
    throw usedUp(
      `${subject} used ${used} of ${limit} model tokens today, and this answer needs up to ${need}.`,
    );
  }
  if (budgets.some(({ limit, used, reserved }) => limit - used - reserved < need)) throw allReserved();
}

/** The error for a call if too few tokens of today are left. @param detail a sentence. */
export function usedUp(detail: string): AppError {
  metrics.rejections.add(1, 'tokens');
  const resetsAt = nextDay(new Date());
  return new AppError('QUOTA_EXCEEDED', {
    detail: `${detail} The quota resets at ${resetsAt.toISOString()}.`,
    retryAfter: Math.ceil((resetsAt.getTime() - Date.now()) / 1000),
  });
}

/** The error for a call if running answers have reserved too many tokens. Some may be free when one of them ends. */
export function allReserved(): AppError {
  metrics.rejections.add(1, 'tokens');
  return new AppError('QUOTA_EXCEEDED', {
    detail: 'Running answers have reserved the remaining model tokens of today. Wait for one of them to end.',
    retryAfter: RETRY_AFTER,
  });
}

/**
 * Returns the SQL call of the database function `reserve` or `pay` for at most `atMost` output tokens. It fails with
 * SQLSTATE SB002 if not even 200 fit (`isWithoutTokens`).
 */
export function takeTokens(
  env: Settings,
  how: 'reserve' | 'pay',
  account: { userId: SQL; day: SQL; address: SQL },
  input: number | SQL,
  atMost: number,
): SQL {
  return sql`${functionName(how)}(${account.userId}, ${account.day}, ${env.AI_DAILY_TOKENS ?? null}::bigint,
    ${account.address}, ${tokensPerAddress(env) ?? null}::bigint, ${input}::int, ${atMost}::int)`;
}
