/**
 * npm run release: builds and checks the packages of the layer and its command line, and prints what would be published.
 * With `-- --prepare`, it makes the changelog, the state of the API and the recorded database those of this version, to be
 * committed.
 * With `-- --publish --scope @acme --registry https://…`, it publishes them.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { releaseOptions } from './options.ts';
import { checkTypes, createReleases, describeRelease, lintPackage, publish } from './release.ts';
import { preparationFaults, prepareRelease } from './state.ts';

const { isPreparation, scope, registry } = releaseOptions(process.argv.slice(2));
if (isPreparation) {
  const files = await prepareRelease();
  console.log(`Commit ${files.join(', ')}, and run npm run release.`);
} else await release();

async function release(): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'layer-release-'));
  try {
    const changes = execFileSync('git', ['status', '--porcelain'], {
      cwd: import.meta.dirname,
      encoding: 'utf8',
    });
    const faults = changes === '' ? [] : [`The folder has changes that are not committed:\n${changes}`];
    const { layer, cli } = createReleases(root, scope);
    faults.push(...(await preparationFaults()));
    faults.push(...(await lintPackage(layer)), ...(await lintPackage(cli)), ...(await checkTypes(layer)));
    for (const release of [layer, cli]) console.log(describeRelease(release));
    if (faults.length > 0) {
      console.error(`These must be corrected before the packages are published:\n${faults.join('\n')}`);
      process.exitCode = 1;
    } else if (registry === undefined) {
      console.log(
        '\nNothing was published. To publish: npm run release -- --publish --scope @… --registry https://…',
      );
    } else {
      for (const release of [layer, cli]) publish(release, root, registry);
      console.log(`\nBoth packages are in ${registry}.`);
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
