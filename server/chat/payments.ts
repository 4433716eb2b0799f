import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Database } from '#server/db/database';
import { isWithoutTokens } from '#server/db/errors';
import { chats, runs } from '#server/db/schema/index';
import type { Env } from '#server/env';
import { type Reservation, takeTokens } from './quota.ts';
import { addUsage, type Usage } from './usage.ts';

const Paid = z.object({ output: z.number() });

/**
 * Pays for calls of a model that follow a run, such as the one for the title of its chat. All is paid before the call, as if it was
 * used, and what was not used is given back. So a process that dies in between leaves no reservation behind.
 */
export function createPayments(
  database: Database,
  env: Pick<Env, 'AI_DAILY_TOKENS' | 'AI_DAILY_TOKENS_PER_ADDRESS'>,
) {
  /** Where the tokens of a run that has ended count: for the owner of its chat now, on the day it began. */
  const whose = (runId: string) => sql`whose as (
    select ${chats.userId}, ${runs.day}, ${runs.address} from ${runs}
    join ${chats} on ${chats.id} = ${runs.chatId} and ${chats.userId} is not null
    where ${runs.id} = ${runId}
  )`;

  return {
    /** @returns what was paid; `null` if not as much is left, or the chat is gone. */
    async pay(runId: string, input: number, output: number): Promise<Reservation | null> {
      const columns = { userId: sql`user_id`, day: sql`day`, address: sql`address` };
      const [row] = await database
        .execute(
          sql`with ${whose(runId)} select ${takeTokens(env, 'pay', columns, input, output)} as output from whose`,
        )
        .catch((error: unknown) => {
          if (isWithoutTokens(error)) return [];
          throw error;
        });
      return row ? { input, output: Paid.parse(row).output } : null;
    },

    /** Makes what was paid what was used. */
    async correct(runId: string, paid: Reservation, used: Usage): Promise<void> {
      const more = {
        ...used,
        inputTokens: (used.inputTokens ?? paid.input) - paid.input,
        outputTokens: (used.outputTokens ?? paid.output) - paid.output,
      };
      const changes = [whose(runId), ...addUsage(sql`whose`, more, 0)];
      await database.execute(sql`with ${sql.join(changes, sql`, `)} select from whose`);
    },
  };
}
