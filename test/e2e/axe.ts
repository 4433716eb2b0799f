import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';

const axe = await readFile(new URL(import.meta.resolve('axe-core/axe.min.js')), 'utf8');

/** By default, axe leaves out the rule for the size of targets, success criterion 2.5.8 of WCAG 2.2. */
const OPTIONS = { resultTypes: ['violations'], rules: { 'target-size': { enabled: true } } };

/**
 * Returns the elements of a page that are not accessible, with the rule that each violates.
 * @param selector the part of the page that is examined.
 */
export async function violationsOn(page: Page, selector = 'html'): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate<string[]>(
    `axe.run(${JSON.stringify(selector)}, ${JSON.stringify(OPTIONS)}).then(({ violations }) =>
      violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html.slice(0, 200))))`,
  );
}
