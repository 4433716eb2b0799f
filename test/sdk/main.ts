/** npm run test:sdk: packs the SDK, uses it in every runtime, and follows the code blocks of the documents. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { build } from '../../scripts/sdk/build.ts';
import { signUp } from '../client.ts';
import { countedWords, startProviderServer } from '../provider-server.ts';
import { startServer } from '../server.ts';
import { writeChecks } from './added.ts';
import { checkInChromium } from './chromium.ts';
import { all, cloneProject } from './clone.ts';
import { startDisconnectingProxy } from './disconnecting-proxy.ts';
import { documents } from './documents.ts';
import { hoverOver } from './editor.ts';
import { follow } from './follow.ts';
import { createProject } from './project.ts';

const COMPILERS = ['typescript@5.9.3', 'typescript@6.0.3'];
const RUNTIMES: Record<string, { package: string; command: string[] }> = {
  node20: { package: 'node@20.20.2', command: ['node'] },
  node22: { package: 'node@22.23.3', command: ['node'] },
  node24: { package: 'node@24.21.0', command: ['node'] },
  deno: { package: 'deno@2.9.6', command: ['deno', 'run', '--allow-all', '--node-modules-dir=manual'] },
  bun: { package: 'bun@1.4.5', command: ['bun'] },
};
/** The number of words of an answer, and the words after which its connection is lost. */
const COUNT = 80;
const DISCONNECTS = /(?:node\d\d|deno|bun|chromium|example)\.(?:20|50) /;

let passed = 0;
const failures: string[] = [];

/** Runs one check and prints the result. If it fails, the other checks continue. */
async function step(name: string, check: () => Promise<string>): Promise<void> {
  const started = Date.now();
  try {
    const summary = await check();
    passed += 1;
    console.log(`passed  ${name}: ${summary} (${Date.now() - started} ms)`);
  } catch (error) {
    failures.push(name);
    console.error(`FAILED  ${name}:`, error);
  }
}

// The process of the server and its pipes do not keep this process alive.
const keepAlive = setInterval(() => undefined, 60_000);
const { gzipBytes, limitBytes } = await build();
const folder = mkdtempSync(join(tmpdir(), 'switchboard-sdk-'));
const project = await createProject(join(folder, 'my-project'));
const provider = await startProviderServer();
const server = await startServer({
  AI_BASE_URL: provider.url,
  AI_MODEL: `openai-compatible/count-${COUNT}x15`,
});
const proxy = await startDisconnectingProxy(server.url, DISCONNECTS);
try {
  const ada = await signUp(server.url);
  const created = await ada.rest('POST /protected/api-keys', { json: { name: 'test', scope: 'write' } });
  const { key: apiKey } = z.object({ key: z.string() }).parse(created.body);
  const expectTwoDisconnects = (label: string) => {
    const count = proxy.disconnects.filter((text) => text.startsWith(`${label}.`)).length;
    if (count !== 2) throw new Error(`The connection was lost ${count} times, not twice.`);
  };

  await step('size', async () => {
    if (gzipBytes > limitBytes) throw new Error(`${gzipBytes} bytes are more than ${limitBytes}.`);
    return `${gzipBytes} of ${limitBytes} bytes`;
  });
  for (const compiler of COMPILERS) {
    await step(`types, ${compiler}`, async () => {
      const options = [
        '--strict',
        '--noEmit',
        '--target',
        'es2022',
        '--module',
        'nodenext',
        '--skipLibCheck',
        'false',
      ];
      await project.run(compiler, ['tsc', ...options, 'consumer.ts']);
      return 'strict';
    });
  }
  await step('doc comments in an editor', async () => {
    const shown = hoverOver(project, 'consumer.ts', 'sb.chats.list');
    for (const text of ['Pages<Chat>', 'List and search your chats.', 'GET /chats']) {
      if (!shown.includes(text)) throw new Error(`"${text}" is not in:\n${shown}`);
    }
    return 'the type and the summary';
  });
  for (const [label, runtime] of Object.entries(RUNTIMES)) {
    await step(runtime.package, async () => {
      const args = ['run.mjs', proxy.url, apiKey, label, String(COUNT)];
      const output = await project.run(runtime.package, [...runtime.command, ...args]);
      expectTwoDisconnects(label);
      return output.trim();
    });
  }
  await step('Chromium', async () => {
    const summary = await checkInChromium(project, {
      baseUrl: proxy.url,
      apiKey,
      label: 'chromium',
      count: COUNT,
    });
    expectTwoDisconnects('chromium');
    return summary;
  });
  await step('examples/ask.mjs', async () => {
    const env = { SWITCHBOARD_URL: proxy.url, SWITCHBOARD_API_KEY: apiKey };
    const printed = await project.run('node@20.20.2', ['node', 'ask.mjs', 'count', 'example'], env);
    const whole = countedWords('example', COUNT).join('');
    if (printed !== `${whole}\n`) throw new Error(`It printed: ${printed}`);
    expectTwoDisconnects('example');
    return 'the whole answer once, despite two disconnects';
  });
  const workspace = {
    clone: cloneProject(join(folder, 'switchboard')),
    project,
    server: { url: server.url, apiKey },
  };
  const files = new Set<string>();
  for (const [path, blocks] of documents()) {
    await step(path, async () => {
      for (const file of await follow(workspace, blocks)) files.add(file);
      return `${blocks.length} blocks`;
    });
  }
  await step('the code of the documents', async () => {
    const checks = writeChecks(workspace.clone);
    await all([
      workspace.clone.typeCheck([...files, ...checks.files]),
      workspace.clone.sh(
        `npx prettier --check ${[...files].map((file) => `'${file}'`).join(' ')} && ${checks.command}`,
      ),
    ]);
    return `${files.size} files compile, and every caller reaches them`;
  });
} finally {
  await proxy.close();
  await server.stop();
  await provider.close();
  rmSync(folder, { recursive: true });
  clearInterval(keepAlive);
}

console.log(`${passed} passed, ${failures.length} failed`);
if (failures.length > 0) process.exitCode = 1;
