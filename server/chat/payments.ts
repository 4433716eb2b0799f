import { sql, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import type { Database } from '#server/db/database';
import { isWithoutTokens } from '#server/db/errors';
import { chats, runs, users } from '#server/db/schema/index';
import type { Env } from '#server/env';
import { type Reservation, takeTokens } from './quota.ts';
import { addToModel, addUsage, type Usage } from './usage.ts';

const Paid = z.object({ output: z.number() });

/**
 * The account to which the tokens of an ended run count: the current owner of its chat, on the day it started. A relation
 * with `user_id`, `day`, `model` and `address`.
 */
export const ownerOfRun = (runId: string): SQL => sql`
  select ${chats.userId}, ${runs.day}, ${runs.model}, ${runs.address} from ${runs}
  join ${chats} on ${chats.id} = ${runs.chatId}
  join ${users} on ${users.id} = ${chats.userId}
  where ${runs.id} = ${runId} for key share of ${users}`;

/** An account to which the tokens of a model call count that belongs to no run. The same kind of relation. */
export const account = ({ userId, day, model, address }: Account): SQL => sql`
  select ${users.id} as user_id, ${day}::date as day, ${model}::text as model, ${address}::text as address
  from ${users} where ${users.id} = ${userId} for key share`;

/** A user, and what a model call counts for. */
export interface Account {
  userId: string;
  /** The day (UTC) on which the call starts. */
  day: string;
  model: string;
  /** The IP address whose quota also applies, or `null`. */
  address: string | null;
}

/**
 * Pays for model calls beside the answers, such as the one for the title of a chat. The maximum is counted as used
 * before the call, and unused tokens are returned afterwards. So a process that dies in between leaves no reservation
 * behind.
 */
export function createPayments(
  database: Database,
  env: Pick<Env, 'AI_DAILY_TOKENS' | 'AI_DAILY_TOKENS_PER_ADDRESS'>,
) {
  return {
    /** @returns the paid tokens; `null` if too few are left or the account is gone. */
    async pay(payer: SQL, input: number, output: number): Promise<Reservation | null> {
      const columns = { userId: sql`user_id`, day: sql`day`, address: sql`address` };
      const [row] = await database
        .execute(
          sql`with payer as (${payer}),
            paid as (select *, ${takeTokens(env, 'pay', columns, input, output)} as output from payer),
            ${addToModel(sql`paid`, sql`${input}::bigint`, sql`output`)}
            select output from paid`,
        )
        .catch((error: unknown) => {
          if (isWithoutTokens(error)) return [];
          throw error;
        });
      return row ? { input, output: Paid.parse(row).output } : null;
    },

    /** Replaces the paid tokens by the used ones. */
    async correct(payer: SQL, paid: Reservation, used: Usage): Promise<void> {
      const difference = {
        ...used,
        inputTokens: (used.inputTokens ?? paid.input) - paid.input,
        outputTokens: (used.outputTokens ?? paid.output) - paid.output,
      };
      const changes = [sql`payer as (${payer})`, ...addUsage(sql`payer`, difference, 0)];
      await database.execute(sql`with ${sql.join(changes, sql`, `)} select from payer`);
    },
  };
}
