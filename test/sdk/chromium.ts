import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import config from '../../playwright.config.ts';
import type { check } from './check.mjs';
import type { Project } from './project.ts';

/** Runs check.mjs on a page of the server's origin, with the files of the package, without a bundler. */
export async function checkInChromium(project: Project, input: Parameters<typeof check>[0]): Promise<string> {
  const browser = await chromium.launch(config.use?.launchOptions);
  try {
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
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
    const summary = String(await page.evaluate(script));
    if (errors.length > 0) throw new Error(errors.join('\n'));
    return summary;
  } finally {
    await browser.close();
  }
}
