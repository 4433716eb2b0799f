import { setTimeout as pause } from 'node:timers/promises';
import postgres from 'postgres';
import { z } from 'zod';
import { type Cluster, startCluster } from './cluster.ts';
import { describe, expectUntouched, type Followed, interfereWith, shownText, wholeAnswer } from './fleet.ts';
import type { Part } from './part.ts';

/** How long an asynchronous standby gets nothing before the failover, in milliseconds. */
const LAG_MS = 700;

const Replication = z.object({ pid: z.int() });

/** Runs statements as the superuser of a server. */
async function onServer<T>({ url }: Cluster, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    return await work(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** Waits for the standby of a server. @returns the process that sends it the log of changes. */
async function standbyOf(primary: Cluster): Promise<number> {
  for (;;) {
    const pid = await onServer(primary, async (sql) => {
      const [row] = await sql`select pid from pg_stat_replication where state = 'streaming'`;
      return Replication.safeParse(row).data?.pid;
    });
    if (pid !== undefined) return pid;
    await pause(50);
  }
}

/** How many events readers were shown that the database has lost, as another attempt has written others in their place. */
const lostEvents = ({ shown, seams: [seam = Infinity] }: Followed): number =>
  shown.filter(({ seq, attempt }) => attempt === 1 && seq >= seam).length;

/** Checks answers whose last events may be lost: they are whole, and readers of lost events were told. */
function expectWhole(answers: readonly Followed[]): void {
  for (const answer of answers) {
    const { label, status, takeovers, isTold, text } = answer;
    const words = wholeAnswer(answer);
    if (status !== 'complete' || text !== words || takeovers > 0)
      throw new Error(`the answer ${label} is ${status} after ${takeovers} takeovers: ${text}`);
    if (isTold !== lostEvents(answer) > 0)
      throw new Error(`the reader of ${label} has ${lostEvents(answer)} lost events, told: ${isTold}`);
    if (!isTold && shownText(answer) !== words)
      throw new Error(`a reader of ${label} was shown something else`);
  }
}

/** Lets a primary crash under three instances that write answers, and promotes its standby. */
async function failOver(
  isSynchronous: boolean,
  check: (outcome: Awaited<ReturnType<typeof interfereWith>>) => void,
): Promise<void> {
  const primary = await startCluster();
  let standby: Cluster | undefined;
  try {
    const promoted = await startCluster({ primary });
    standby = promoted;
    const sender = await standbyOf(primary);
    if (isSynchronous) {
      await onServer(primary, (sql) => sql`alter system set synchronous_standby_names = '*'`);
      await onServer(primary, (sql) => sql`select pg_reload_conf()`);
    }
    const outcome = await interfereWith([primary, promoted], async () => {
      if (!isSynchronous) {
        process.kill(sender, 'SIGSTOP');
        await pause(LAG_MS);
      }
      const ended = primary.shutDown('immediate');
      if (!isSynchronous) process.kill(sender, 'SIGKILL');
      await ended;
      await onServer(promoted, (sql) => sql`select pg_promote(true, 30)`);
    });
    check(outcome);
  } finally {
    await standby?.stop();
    await primary.stop();
  }
}

/** Fails over to a synchronous and to an asynchronous standby in the middle of answers. */
export const failover: Part = async ({ report }) => {
  await failOver(true, (outcome) => {
    report(`synchronous standby promoted: ${describe(outcome)}`);
    expectUntouched(outcome.answers);
  });
  await failOver(false, (outcome) => {
    const { answers } = outcome;
    const again = answers.filter(({ seams }) => seams.length > 0).length;
    const lost = answers.reduce((sum, answer) => sum + lostEvents(answer), 0);
    const told = answers.filter(({ isTold }) => isTold).length;
    report(
      `asynchronous standby promoted: ${describe(outcome)}; ${again} went on by another attempt, ${lost} shown events lost, ${told} readers told`,
    );
    expectWhole(answers);
    if (lost === 0) throw new Error('nothing was lost, so this test has tested nothing');
  });
};
