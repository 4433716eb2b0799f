import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { defineConfig } from '@playwright/test';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/** Returns the path of the system's Chromium. If undefined, Playwright uses the Chromium that it has downloaded. */
function chromium(): string | undefined {
  const folders = process.env['PATH']?.split(delimiter) ?? [];
  const paths = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [process.env['PLAYWRIGHT_CHROMIUM'], ...paths].find(
    (path) => path !== undefined && existsSync(path),
  );
}

const executablePath = chromium();

/** The tests of a worker share one server, which `startServer` of test/server.ts starts. */
export default defineConfig({
  testDir: 'test/e2e',
  timeout: 90_000,
  fullyParallel: true,
  workers: 2,
  forbidOnly: process.env['CI'] !== undefined,
  reporter: 'list',
  use: {
    browserName: 'chromium',
    trace: 'retain-on-failure',
    launchOptions: {
      ...(executablePath !== undefined && { executablePath }),
      args: [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
