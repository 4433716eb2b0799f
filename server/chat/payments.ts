import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Database } from '#server/db/database';
import { isWithoutTokens } from '#server/db/errors';
import { chats, runs, users } from '#server/db/schema/index';
import type { Env } from '#server/env';
import { type Reservation, takeTokens } from './quota.ts';
import { addToModel, addUsage, type Usage } from './usage.ts';

const Paid = z.object({ output: z.number() });

/**
 * Pays for model calls that follow a run, such as the one for the title of its chat. The maximum is counted as used
 * before the call, and unused tokens are returned afterwards. So a process that dies in between leaves no reservation
 * behind.
 */
export function createPayments(
  database: Database,
  env: Pick<Env, 'AI_DAILY_TOKENS' | 'AI_DAILY_TOKENS_PER_ADDRESS'>,
) {
  /** The account to which the tokens of an ended run count: the current owner of its chat, on the day it started. */
  const payer = (runId: string) => sql`payer as (
    select ${chats.userId}, ${runs.day}, ${runs.model}, ${runs.address} from ${runs}
    join ${chats} on ${chats.id} = ${runs.chatId}
    join ${users} on ${users.id} = ${chats.userId}
    where ${runs.id} = ${runId} for key share of ${users}
  )`;

  return {
    /** @returns the paid tokens; `null` if too few are left or the chat has been deleted. */
    async pay(runId: string, input: number, output: number): Promise<Reservation | null> {
      const columns = { userId: sql`user_id`, day: sql`day`, address: sql`address` };
      const [row] = await database
        .execute(
          sql`with ${payer(runId)},
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
    async correct(runId: string, paid: Reservation, used: Usage): Promise<void> {
      const difference = {
        ...used,
        inputTokens: (used.inputTokens ?? paid.input) - paid.input,
        outputTokens: (used.outputTokens ?? paid.output) - paid.output,
      };
      const changes = [payer(runId), ...addUsage(sql`payer`, difference, 0)];
      await database.execute(sql`with ${sql.join(changes, sql`, `)} select from payer`);
    },
  };
}
