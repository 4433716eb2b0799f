import { and, asc, eq, inArray, isNotNull, lt, ne, not, or, sql, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import type { Database } from '#server/db/database';
import { LEASE_MS, leaseEnd } from '#server/db/lease';
import { chats, isActive, runEvents, runs } from '#server/db/schema/index';
import type { Env } from '#server/env';
import { type Reservation, takeTokens } from './quota.ts';
import { hasEvent, type OwnedRun, runsInOrder } from './run-store.ts';
import type { Usage } from './usage.ts';

/** How long the owner of a run may take to stop it. After that, another instance ends it. */
const STOP_GRACE = sql`interval '15 seconds'`;
/** How long ago an answer may have been cut for another instance to continue it by itself. */
const CONTINUE_WITHIN = sql`interval '10 minutes'`;
/** The lease of a takeover. It doubles each time, so that a run that cannot be ended is retried less and less often. */
const takeoverLease = sql`now() + ${LEASE_MS} * power(2, least(${runs.takeovers}, 6)) * interval '1 millisecond'`;

/** How many owners of a run may be lost until no other instance continues it, because it may have crashed them. */
export const MAX_LOST = 2;

/** The owner of a run whose instance stops before its answer is complete. */
export const RELEASED = 'released';

/** A run that was taken over. */
export interface TakenRun extends OwnedRun {
  /** How many owners of the run were lost. */
  takeovers: number;
  /** True if a stop was requested. */
  cancelled: boolean;
  /** True if its owner has released it. Then `spent` has the usage of all its attempts. */
  released: boolean;
  /** True if its answer was cut at most ten minutes ago. */
  recent: boolean;
  /** The number of the first event of each attempt after the first. */
  seams: number[];
}

const Begun = z.object({ output: z.int().nullable() });

/** A run no longer belongs to this instance, or must not continue. */
export class LostRunError extends Error {}

/** The statements that decide which instance owns a run. */
export type RunClaims = ReturnType<typeof createRunClaims>;

/** Creates the statements of one instance that decide which instance owns a run. */
export function createRunClaims(database: Database, instanceId: string) {
  const { db } = database;
  const mine = and(eq(runs.ownerId, instanceId), isActive(runs));

  /** Takes over some runs. Exactly one of several instances gets each run. */
  async function take(orphaned: SQL | undefined, limit: number): Promise<TakenRun[]> {
    const before = db
      .select({ id: runs.id, ownerId: runs.ownerId, leaseExpiresAt: runs.leaseExpiresAt })
      .from(runs)
      .where(and(isActive(runs), orphaned))
      .orderBy(asc(runs.leaseExpiresAt))
      .limit(limit)
      .for('update', { skipLocked: true })
      .as('before');
    const released = sql<boolean>`${before.ownerId} = ${RELEASED}`;
    const taken = await db
      .update(runs)
      .set({
        ownerId: instanceId,
        leaseExpiresAt: takeoverLease,
        takeovers: sql`${runs.takeovers} + case when ${released} then 0 else 1 end`,
      })
      .from(before)
      .where(eq(runs.id, before.id))
      .returning({
        runId: runs.id,
        messageId: runs.messageId,
        chatId: runs.chatId,
        userId: runs.userId,
        model: runs.model,
        requestId: runs.requestId,
        takeovers: runs.takeovers,
        seams: runs.seams,
        cancelled: sql<boolean>`${runs.cancelRequestedAt} is not null`,
        released,
        recent: sql<boolean>`${before.leaseExpiresAt} > now() - ${CONTINUE_WITHIN}`,
        reservedInput: runs.reservedInput,
        reservedOutput: runs.reservedOutput,
        inputTokens: runs.inputTokens,
        outputTokens: runs.outputTokens,
        cachedTokens: runs.cachedTokens,
        reasoningTokens: runs.reasoningTokens,
      });
    return taken.map(
      ({
        reservedInput,
        reservedOutput,
        inputTokens,
        outputTokens,
        cachedTokens,
        reasoningTokens,
        ...run
      }) => {
        const isUsed = inputTokens !== null || outputTokens !== null;
        const spent = isUsed ? { inputTokens, outputTokens, cachedTokens, reasoningTokens } : null;
        return { ...run, spent, reserved: reservationOf(reservedInput, reservedOutput, spent) };
      },
    );
  }

  return {
    /**
     * Renews the leases of the runs that this instance is writing.
     * @returns the runs that still belong to it. Those with `cancelled` must stop.
     */
    renew(runIds: string[]): Promise<{ runId: string; cancelled: boolean }[]> {
      return db
        .update(runs)
        .set({ leaseExpiresAt: leaseEnd })
        .where(
          runsInOrder(
            db,
            sql`${runs.id} in (select json_array_elements_text(${JSON.stringify(runIds)}::json))`,
            mine,
          ),
        )
        .returning({ runId: runs.id, cancelled: sql<boolean>`${runs.cancelRequestedAt} is not null` });
    },

    /**
     * Takes over up to `limit` abandoned runs: their lease has expired, because their owner has died or given them up,
     * or their owner does not stop them.
     * @param working the runs that this instance is writing. It keeps them even if their lease was not renewed.
     */
    claim(working: string[], limit: number): Promise<TakenRun[]> {
      const isWorkedOn = sql`${runs.id} in (select json_array_elements_text(${JSON.stringify(working)}::json))`;
      const isOverdue = sql`${runs.cancelRequestedAt} < now() - ${STOP_GRACE}`;
      return take(
        and(
          or(isOverdue, not(isWorkedOn)),
          or(lt(runs.leaseExpiresAt, sql`now()`), and(isOverdue, eq(runs.takeovers, 0))),
        ),
        limit,
      );
    },

    /** Takes over up to `limit` runs of these owners, without waiting for the end of their leases. */
    claimFrom(owners: string[], limit: number): Promise<TakenRun[]> {
      return take(inArray(runs.ownerId, owners), limit);
    },

    /** Takes over runs of all earlier processes. Only for a database that a single process can open. */
    claimAll(limit: number): Promise<TakenRun[]> {
      return take(ne(runs.ownerId, instanceId), limit);
    },

    /** Returns true if a run was requested to stop. */
    async isStopRequested(runId: string): Promise<boolean> {
      const requested = await db
        .select({ id: runs.id })
        .from(runs)
        .where(and(eq(runs.id, runId), isNotNull(runs.cancelRequestedAt)));
      return requested.length > 0;
    },

    /**
     * Gives up a run without ending it, so that another instance takes it over at once.
     * @param spent the usage of all its attempts.
     * @returns false if the run no longer belongs to this instance.
     */
    async release({ runId }: OwnedRun, spent: Usage | null): Promise<boolean> {
      const released = await db
        .update(runs)
        .set({ ownerId: RELEASED, leaseExpiresAt: sql`now()`, ...spent })
        .where(and(eq(runs.id, runId), mine))
        .returning({ id: runs.id });
      return released.length > 0;
    },

    /**
     * Starts another attempt of a run that was taken over: writes its first event, and reserves its tokens besides those
     * that earlier attempts have used.
     * @param run its `spent` has the usage of all earlier attempts.
     * @param input the maximum of its input tokens.
     * @param event its first event.
     * @returns its reservation; `null` if the run has none.
     * @throws {LostRunError} if the run no longer belongs to this instance, was stopped, its chat has another owner, or its
     * log lacks the event before.
     * @throws the error that `isWithoutTokens` recognizes, if too few tokens are left.
     */
    async beginAttempt(
      env: Env,
      { runId, chatId, userId, spent, reserved }: TakenRun,
      input: number,
      event: { seq: number; chunks: string },
    ): Promise<Reservation | null> {
      const used = { input: spent?.inputTokens ?? 0, output: spent?.outputTokens ?? 0 };
      const account = { userId: sql`${runs.userId}`, day: sql`${runs.day}`, address: sql`${runs.address}` };
      // The reservation that this one replaces still counts as taken.
      const more = sql`(${used.input + used.output + input}::int - ${runs.reservedInput} - ${runs.reservedOutput})`;
      const output = takeTokens(env, 'reserve', account, more, env.AI_OUTPUT_TOKENS);
      const reserve = sql`, reserved_input = ${used.input + input}::int, reserved_output = ${used.output}::int + ${output}`;
      const changes = [
        sql`held as (select user_id from ${chats} where id = ${chatId} and user_id = ${userId} for no key update)`,
        sql`begun as (
          update ${runs} set seams = array_append(seams, ${event.seq}::int),
            input_tokens = ${spent?.inputTokens ?? null}, output_tokens = ${spent?.outputTokens ?? null},
            cached_tokens = ${spent?.cachedTokens ?? null}, reasoning_tokens = ${spent?.reasoningTokens ?? null}
            ${reserved ? reserve : sql``}
          from held
          where runs.id = ${runId} and owner_id = ${instanceId} and status = 'active'
            and cancel_requested_at is null and runs.user_id = held.user_id
            and ${hasEvent(runId, event.seq - 1)}
          returning id, reserved_output
        )`,
        sql`event as (
          insert into ${runEvents} (run_id, seq, chunks) select id, ${event.seq}::int, ${event.chunks} from begun
        )`,
      ];
      const [row] = await database.execute(
        sql`with ${sql.join(changes, sql`, `)} select reserved_output as output from begun`,
      );
      if (!row) throw new LostRunError();
      const { output: total } = Begun.parse(row);
      return total === null ? null : { input, output: total - used.output };
    },
  };
}

/** Returns the tokens reserved for the current attempt: those of the run without what earlier attempts have used. */
function reservationOf(input: number | null, output: number | null, spent: Usage | null): Reservation | null {
  if (input === null || output === null) return null;
  return { input: input - (spent?.inputTokens ?? 0), output: output - (spent?.outputTokens ?? 0) };
}
