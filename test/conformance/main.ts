/** npm run test:mcp: runs the conformance tests of MCP, and writes docs/mcp-conformance.md. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { EXPECTED_FAILURES } from './expected.ts';
import { PAGE, pageOf } from './page.ts';
import { runConformance } from './run.ts';

const file = join(import.meta.dirname, '../..', PAGE);
const scenarios = await runConformance();
for (const { name, passes, problems } of scenarios) {
  const isExpected = passes !== Object.hasOwn(EXPECTED_FAILURES, name);
  if (!isExpected) process.exitCode = 1;
  console.log(
    [`${passes ? 'passes' : 'fails '} ${name}${isExpected ? '' : ' (unexpected)'}`, ...problems].join(
      '\n       ',
    ),
  );
}
const options = await resolveConfig(file);
writeFileSync(file, await format(pageOf(scenarios), { ...options, filepath: file }));
console.log(PAGE);
