import { availableParallelism } from 'node:os';
import { defineConfig } from '@playwright/test';
import { CHROMIUM } from './test/chromium.ts';

/** The tests of a worker share one server, which `startServer` of test/server.ts starts. */
export default defineConfig({
  testDir: 'test/e2e',
  timeout: 180_000,
  fullyParallel: true,
  // Most of them wait for a server or for a page most of the time.
  workers: Math.ceil(1.5 * availableParallelism()),
  forbidOnly: process.env['CI'] !== undefined,
  reporter: 'list',
  use: {
    browserName: 'chromium',
    // As long as `expect` of test/e2e/site.ts waits. Without limits, a missing button takes the whole time of the test.
    actionTimeout: 40_000,
    navigationTimeout: 40_000,
    // Recording one doubles the time of the tests. `npm run test:e2e -- --trace retain-on-failure` records it.
    trace: 'off',
    launchOptions: CHROMIUM,
  },
});
