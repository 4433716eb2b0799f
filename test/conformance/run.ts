import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { createNodeListener } from '#layer/hosts/node';
import { listen } from '#test/listen';
import { api } from './fixture.ts';

const PROGRAM = join(
  import.meta.dirname,
  '../../node_modules/@modelcontextprotocol/conformance/dist/index.js',
);
const LIMIT_MS = 60_000;

/** The result of a scenario. */
export interface Scenario {
  name: string;
  /** True if it has a successful check, and none that failed or has a warning. */
  passes: boolean;
  /** The messages of its checks that failed or have a warning. */
  problems: string[];
}

const Checks = z.array(
  z.object({
    name: z.string(),
    status: z.enum(['SUCCESS', 'FAILURE', 'WARNING', 'SKIPPED', 'INFO']),
    errorMessage: z.string().optional(),
  }),
);

/** The folder of a result: the name of its scenario and the time. */
const FOLDER = /^server-(.+)-\d{4}-\d\d-\d\dT[\d-]+Z$/;

/** Runs all scenarios for servers of `@modelcontextprotocol/conformance` on the fixture, over HTTP. */
export async function runConformance(): Promise<Scenario[]> {
  const listener = createNodeListener(api);
  const server = createServer((req, res) => void listener(req, res));
  const port = await listen(server);
  const results = mkdtempSync(join(tmpdir(), 'conformance-'));
  try {
    const args = [
      PROGRAM,
      'server',
      '--url',
      `http://127.0.0.1:${port}/api/mcp`,
      '--suite',
      'all',
      '-o',
      results,
    ];
    // It exits with status 1 if a scenario fails.
    const output = await new Promise<string>((resolve) => {
      execFile(process.execPath, args, { timeout: LIMIT_MS }, (_error, stdout, stderr) => {
        resolve(stdout + stderr);
      });
    });
    const scenarios = scenariosIn(results);
    if (scenarios.length === 0) throw new Error(`The conformance tests did not run:\n${output}`);
    return scenarios;
  } finally {
    rmSync(results, { recursive: true });
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }
}

function scenariosIn(folder: string): Scenario[] {
  return readdirSync(folder)
    .flatMap((entry): Scenario[] => {
      const name = FOLDER.exec(entry)?.[1];
      if (name === undefined) return [];
      const checks = Checks.parse(JSON.parse(readFileSync(join(folder, entry, 'checks.json'), 'utf8')));
      const problems = checks
        .filter(({ status }) => status === 'FAILURE' || status === 'WARNING')
        .map(({ name: check, errorMessage }) => `${check}: ${errorMessage ?? 'warning'}`);
      const passes = problems.length === 0 && checks.some(({ status }) => status === 'SUCCESS');
      return [{ name, passes, problems }];
    })
    .toSorted((a, b) => a.name.localeCompare(b.name, 'en'));
}
