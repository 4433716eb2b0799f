/**
 * npm run test:inspector: lists and calls the tools of the built server by the command line of the MCP Inspector, with
 * API keys and with OAuth, in both eras of the protocol. It needs the registry of npm.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { type Account, signUp } from '#test/client';
import { freePort } from '#test/listen';
import { decide, open } from '#test/oauth-client';
import { startServer } from '#test/server';
import { Inspector, install, type Outcome, type Run } from './inspector.ts';

const ERAS = ['legacy', 'modern'];
const CREATE = ['--method', 'tools/call', '--tool-name', 'chat_create', '--tool-arg', 'title=Inspected'];
/** Lists the tools. With `--strict`, an error in their schemas is an error of the command. */
const LIST = ['--method', 'tools/list', '--strict'];

const Tools = z.object({ result: z.object({ tools: z.array(z.object({ name: z.string() })) }) });
const Created = z.object({ result: z.object({ structuredContent: z.object({ title: z.string() }) }) });

const namesIn = (outcome: Outcome) => Tools.parse(outcome).result.tools.map(({ name }) => name);
const titleIn = (outcome: Outcome) => Created.parse(outcome).result.structuredContent.title;

/** Checks that a caller sees and reaches tools that read only. */
async function checkReader(run: (args: string[]) => Promise<Outcome>): Promise<void> {
  const names = namesIn(await run(LIST));
  assert.ok(names.includes('chat_list') && !names.includes('chat_create'), names.join(' '));
  assert.deepEqual(await run(CREATE), { exitCode: 5, error: 'tool_not_found' });
}

/** Returns a person who chooses scopes for each program that asks. */
const chooses = (person: Account, scopes: string[]): NonNullable<Run['signIn']> => {
  return async (page) => {
    assert.equal(page.origin, new URL(person.url).origin);
    return decide(person, await open(person, page.pathname + page.search), scopes);
  };
};

const folder = mkdtempSync(join(tmpdir(), 'inspector-'));
const port = await freePort();
// It is killed when this process exits.
await startServer({ PORT: String(port), MCP_DYNAMIC_REGISTRATION: 'true' });
try {
  await install(folder);
  // The server names itself like this if there is no APP_URL.
  const person = await signUp(`http://localhost:${port}`);
  const keyOf = async (scope: 'read' | 'write') =>
    (await person.rpc.protected.apiKeys.create.mutate({ name: scope, scope })).key;
  const [reader, writer] = [await keyOf('read'), await keyOf('write')];

  for (const era of ERAS) {
    const inspector = new Inspector(folder, era);
    const target = ['--server-url', `${person.url}/api/mcp`, '--transport', 'http', '--protocol-era', era];
    const withKey = (key: string) => (args: string[]) =>
      inspector.run({ args: [...target, '--header', `Authorization: Bearer ${key}`, ...args] });
    await checkReader(withKey(reader));
    assert.equal(titleIn(await withKey(writer)(CREATE)), 'Inspected');
    console.log(`passed  ${era}: an API key`);

    assert.deepEqual(await inspector.run({ args: [...target, ...LIST] }), {
      exitCode: 3,
      error: 'auth_required',
    });
    const signIn = { signIn: chooses(person, ['read']) };
    await inspector.run({ args: [...target, '--relogin', ...LIST], ...signIn });
    await checkReader((args) => inspector.run({ args: [...target, ...args] }));
    const [connected] = (await person.rpc.protected.clients.list.query({})).items;
    assert.deepEqual(connected?.scopes, ['read']);
    console.log(`passed  ${era}: OAuth, for reading only`);

    const more = { signIn: chooses(person, ['read', 'write']) };
    assert.equal(
      titleIn(await inspector.run({ args: [...target, '--relogin', ...CREATE], ...more })),
      'Inspected',
    );
    console.log(`passed  ${era}: OAuth again, for writing too`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
