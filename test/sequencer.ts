import TestSequencer from '@jest/test-sequencer';

/** Slow test files. Jest sorts files that it has not run before by size, which underestimates these. */
const LONG = [
  'test/http/hosts.test.ts',
  'test/http/stop.test.ts',
  'test/agreement.test.ts',
  'src/cli/cli.test.ts',
  'server/db/explain.test.ts',
  'src/cli/diff.test.ts',
  'server/db/pglite.test.ts',
  'test/postgres-connection.test.ts',
  'server/chat/runs.test.ts',
  'test/orpc.test.ts',
  'test/http/isolation.test.ts',
  'server/transport/server.test.ts',
];

/** True if a file is slow. If it started last, all other workers would be idle while it runs. */
const isLong = ({ path }: { path: string }) => LONG.some((file) => path.endsWith(`/${file}`));

/** Runs the slowest files first, also in a clone that has never run them, and the others in Jest's order. */
export default class LongestFirst extends TestSequencer {
  override async sort(tests: Parameters<TestSequencer['sort']>[0]): Promise<typeof tests> {
    const sorted = await super.sort(tests);
    return [...sorted.filter(isLong), ...sorted.filter((test) => !isLong(test))];
  }
}
