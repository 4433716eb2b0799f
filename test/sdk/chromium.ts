import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import config from '../../playwright.config.ts';
import type { check } from './check.mjs';
import type { Project } from './project.ts';

/** Runs check.mjs on a page of the server's origin, with the package's files as they are, without a bundler. */
export async function checkInChromium(project: Project, input: Parameters<typeof check>[0]): Promise<string> {
  const browser = await chromium.launch(config.use?.launchOptions);
  try {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.route('**/sdk-test/**', (route) => {
      const path = new URL(route.request().url()).pathname.replace('/sdk-test/', '');
      if (path !== '') {
        const body = readFileSync(join(project.folder, path), 'utf8');
        return route.fulfill({ contentType: 'text/javascript', body });
      }
      const imports = { '@switchboard/sdk': '/sdk-test/node_modules/@switchboard/sdk/index.js' };
      const body = `<!doctype html><script type="importmap">${JSON.stringify({ imports })}</script>`;
      return route.fulfill({ contentType: 'text/html', body });
    });
    await page.goto(`${input.baseUrl}/sdk-test/`);
    const script = `import('/sdk-test/check.mjs').then(({ check }) => check(${JSON.stringify(input)}))`;
    const said = String(await page.evaluate(script));
    if (complaints.length > 0) throw new Error(complaints.join('\n'));
    return said;
  } finally {
    await browser.close();
  }
}
