import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/** Returns the path of the system's Chromium. If undefined, Playwright uses the Chromium that it has downloaded. */
function findChromium(): string | undefined {
  const folders = process.env['PATH']?.split(delimiter) ?? [];
  const paths = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [process.env['PLAYWRIGHT_CHROMIUM'], ...paths].find(
    (path) => path !== undefined && existsSync(path),
  );
}

const executablePath = findChromium();

/** How Playwright starts Chromium. */
export const CHROMIUM = {
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
};
