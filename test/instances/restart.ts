import { type Shutdown, startCluster } from './cluster.ts';
import { describe, expectUntouched, interfereWith } from './fleet.ts';
import type { Part } from './part.ts';

/** Restarts Postgres under three instances that write answers. No instance may take over a run of another one. */
export const restart: Part = async ({ isShort, report }) => {
  const ways: readonly Shutdown[] = isShort ? ['immediate'] : ['fast', 'immediate'];
  for (const how of ways) {
    const cluster = await startCluster();
    try {
      const outcome = await interfereWith([cluster], async () => {
        await cluster.shutDown(how);
        await cluster.start();
      });
      report(`Postgres restarted, ${how} shutdown: ${describe(outcome)}`);
      expectUntouched(outcome.answers);
    } finally {
      await cluster.stop();
    }
  }
};
