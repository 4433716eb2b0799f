import { EXPECTED_FAILURES } from './expected.ts';
import type { Scenario } from './run.ts';

/** The page about conformance, which `npm run test:mcp` writes. */
export const PAGE = 'docs/mcp-conformance.md';

const INTRODUCTION = `# MCP conformance

The [conformance tests](https://www.npmjs.com/package/@modelcontextprotocol/conformance) of the Model Context Protocol run
over HTTP on a router that \`createApi\` and \`mcp\` serve (\`test/conformance/fixture.ts\`). \`npm run test:mcp\` runs them
and writes this page. \`npm test\` fails if the page is out of date.

They test the revisions 2025-06-18 and 2025-11-25. Our own tests cover what revision 2026-07-28 requires in addition
(\`src/layer/mcp/protocol.test.ts\`): discovery, headers that differ from the body, unknown revisions, capabilities,
disconnects, and the rejection of GET. Tests with the official client run in both eras.
`;

/** Returns the Markdown of the page, before Prettier formats it. */
export function pageOf(scenarios: readonly Scenario[]): string {
  const rows = scenarios.map(({ name, passes }) => {
    const reason = EXPECTED_FAILURES[name] ?? 'A fault, which nobody expects.';
    return `| \`${name}\` | ${passes ? 'passes' : 'fails'} | ${passes ? '' : reason} |`;
  });
  const passed = scenarios.filter(({ passes }) => passes).length;
  return [
    INTRODUCTION,
    `${passed} of ${scenarios.length} scenarios pass:\n`,
    '| scenario | result | reason |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}
