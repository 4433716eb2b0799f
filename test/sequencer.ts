import TestSequencer from '@jest/test-sequencer';

/** Test files that take much longer than their sizes tell, by which Jest sorts those it has not run before. */
const LONG = [
  'test/http/hosts.test.ts',
  'test/http/stop.test.ts',
  'test/agreement.test.ts',
  'server/db/explain.test.ts',
  'server/db/pglite.test.ts',
  'test/postgres-connection.test.ts',
  'server/chat/runs.test.ts',
  'test/orpc.test.ts',
  'test/http/isolation.test.ts',
  'server/transport/server.test.ts',
];

/** One of these that began last would be waited for by all other workers. */
const isLong = ({ path }: { path: string }) => LONG.some((file) => path.endsWith(`/${file}`));

/** Jest's order, but the files that take longest come first, also in a clone that has never run them. */
export default class LongestFirst extends TestSequencer {
  override async sort(tests: Parameters<TestSequencer['sort']>[0]): Promise<typeof tests> {
    const sorted = await super.sort(tests);
    return [...sorted.filter(isLong), ...sorted.filter((test) => !isLong(test))];
  }
}
