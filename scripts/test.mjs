// @ts-check
/**
 * npm test: runs Jest with the given arguments. If the selected tests need the built server, it builds first. Without
 * `--selectProjects`, it runs the projects unit and http. npm run test:dev runs the project dev.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { ensureBuilt } from './next-build.mjs';
import { main, prepare, ROOT, run } from './setup.mjs';

await main(async () => {
  const node = await prepare();
  const jest = [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    'node_modules/jest/bin/jest.js',
  ];
  const own = process.argv.slice(2);
  const args = own.includes('--selectProjects') ? own : [...own, '--selectProjects', 'unit', 'http'];
  const selected = execFileSync(node, [...jest, '--listTests', ...args], { cwd: ROOT, encoding: 'utf8' });
  if (selected.includes(join(ROOT, 'test/http'))) await ensureBuilt(node);
  return run(node, [...jest, ...args], { env: { NODE_ENV: 'test' } });
});
