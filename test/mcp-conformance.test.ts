import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { EXPECTED_FAILURES } from '#test/conformance/expected';
import { PAGE, pageOf } from '#test/conformance/page';
import { runConformance } from '#test/conformance/run';

const scenarios = await runConformance();

test('the conformance tests of MCP pass, except for the expected failures', () => {
  const failed = scenarios.filter(({ passes }) => !passes);
  // In both directions: a failure that is not expected, and an expected one that passes or does not exist.
  expect(Object.fromEntries(failed.map(({ name, problems }) => [name, problems]))).toEqual(
    Object.fromEntries(Object.keys(EXPECTED_FAILURES).map((name) => [name, expect.any(Array)])),
  );
  expect(scenarios.length - failed.length).toBeGreaterThanOrEqual(14);
});

test('the page about conformance has these results', () => {
  const written = readFileSync(join(import.meta.dirname, '..', PAGE), 'utf8');
  const rowsOf = (text: string) =>
    text
      .split('\n')
      .filter((line) => line.startsWith('|') && !line.startsWith('| -'))
      .map((line) => line.replaceAll(/\s+/g, ' '));
  expect(rowsOf(written)).toEqual(rowsOf(pageOf(scenarios)));
  const passed = scenarios.filter(({ passes }) => passes).length;
  expect(written).toContain(`${passed} of ${scenarios.length} scenarios pass`);
});
