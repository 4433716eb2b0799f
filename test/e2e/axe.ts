import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';

const axe = await readFile(new URL(import.meta.resolve('axe-core/axe.min.js')), 'utf8');

/**
 * Returns the elements of a page that are not accessible, with the rule that each violates.
 * @param selector the part of the page that is examined.
 */
export async function violationsOn(page: Page, selector = 'html'): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate<string[]>(
    `axe.run(${JSON.stringify(selector)}, { resultTypes: ['violations'] }).then(({ violations }) =>
      violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html.slice(0, 200))))`,
  );
}
