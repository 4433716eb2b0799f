import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clone } from './clone.ts';

const README = join(import.meta.dirname, '../../README.md');
const HOOK = 'app/added-procedure.tsx';

/** Returns the code in backticks that begins with `start`, from the README's section "Add a procedure". */
function code(start: string): string {
  const [, section = ''] = /^## Add a procedure$(.*?)^## /ms.exec(readFileSync(README, 'utf8')) ?? [];
  const found = [...section.matchAll(/`([^`\n]+)`/g)].find(([, text]) => text?.startsWith(start));
  if (!found?.[1]) throw new Error(`"Add a procedure" has no code that begins with ${start}.`);
  return found[1];
}

/** Returns calls that must compile, and a test that calls the procedure over HTTP and checks its count. */
const procedureCalls = () => `
import { exec } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, expect, test } from '@jest/globals';
import { Switchboard } from '#src/sdk/index.ts';
import { callAs } from '#test/caller';
import { signUp } from '#test/client';
import { serveInstance } from '#test/served';

const { url, deps, close } = await serveInstance();
afterAll(close);

test('counts for every caller', async () => {
  const ada = await signUp(url);
  const { id } = await ada.rpc.chat.create.mutate({});
  await ada.rpc.chat.create.mutate({});
  await ada.rpc.chat.create.mutate({});
  await ada.rpc.chat.update.mutate({ id, archived: true });
  const { key } = await ada.rpc.protected.apiKeys.create.mutate({ name: 'key', scope: 'read' });
  expect(await ada.rpc.chat.count.query({})).toEqual({ count: 2 });
  const headers = new Headers(ada.headers);
  const caller = (own: Headers) => callAs(deps, own);
  expect(await ${code('caller(')}).toEqual({ count: 2 });
  const sb = new Switchboard({ baseUrl: url, apiKey: key });
  expect(${code('await sb.')}).toEqual({ count: 1 });
  const curl = ${JSON.stringify(code('curl '))};
  const { stdout } = await promisify(exec)(curl.replace('localhost:3000', url).replace('sb_…', key));
  expect(JSON.parse(stdout)).toEqual({ count: 1 });
});
`;

const hook = () => `
import { application } from '#routers/application';
import { trpc } from '#src/client/trpc.ts';

export const useCount = () => ${code('trpc.')}.data?.count.toFixed();
export async function countFor(headers: Headers): Promise<number> {
  const { caller } = await application();
  return (await ${code('caller(')}).count;
}
`;

/** A test that calls the resource of docs/add-a-resource.md over RPC, over REST and with the SDK. */
const RESOURCE_CALLS = `
import { afterAll, expect, test } from '@jest/globals';
import { Switchboard } from '#src/sdk/index.ts';
import { signUp } from '#test/client';
import { serveInstance } from '#test/served';

const { url, close } = await serveInstance();
afterAll(close);

test('serves one resource over RPC, REST and the SDK', async () => {
  const ada = await signUp(url);
  const eve = await signUp(url);
  const created = await ada.rest('POST /notes', { json: { title: 'Shopping', body: 'Milk' } });
  const { id } = await ada.rpc.notes.create.mutate({ title: 'Second' });
  const path = String(created.headers.get('location'));
  expect([created.status, path]).toEqual([201, '/api/v1/notes/' + path.split('/').at(-1)]);
  const tag = String((await ada.rest('GET ' + path.slice('/api/v1'.length))).headers.get('etag'));
  const change = (call: string, json: object) =>
    ada.rest(call + path.slice('/api/v1'.length), { json, headers: { 'if-match': tag } });
  expect(await change('PATCH ', { title: 'Market' })).toMatchObject({ status: 200, body: { title: 'Market', body: 'Milk' } });
  expect(await change('PUT ', { title: 'Lost' })).toMatchObject({ status: 412 });
  expect((await eve.rest('GET /notes/' + id)).status).toBe(404);

  const { key } = await ada.rpc.protected.apiKeys.create.mutate({ name: 'key', scope: 'write' });
  const sb = new Switchboard({ baseUrl: url, apiKey: key });
  const titles: string[] = [];
  for await (const note of sb.notes.list({ limit: 1 })) titles.push(note.title);
  expect(titles).toEqual(['Second', 'Market']);
  expect(await sb.notes.replace(id, { title: 'Last' })).toMatchObject({ title: 'Last', body: '' });
  expect(await sb.notes.update(id, { body: 'x' })).toMatchObject({ title: 'Last', body: 'x' });
  expect(await ada.rpc.notes.get.query({ id })).toMatchObject({ title: 'Last', body: 'x' });
  await sb.notes.delete(id);
  expect((await ada.rpc.notes.list.query({})).items).toHaveLength(1);
});
`;

const CHECKS: Record<string, () => string> = {
  'test/added-procedure.test.ts': procedureCalls,
  'test/added-resource.test.ts': () => RESOURCE_CALLS,
  [HOOK]: hook,
};

/**
 * Writes calls of the procedures that the documents have added to a copy of the project.
 * @returns the files to compile, and the command that runs those that are tests.
 */
export function writeChecks({ folder }: Clone): { files: string[]; command: string } {
  for (const [path, text] of Object.entries(CHECKS)) writeFileSync(join(folder, path), text());
  const files = Object.keys(CHECKS);
  return { files, command: `npm test --silent -- ${files.filter((path) => path !== HOOK).join(' ')}` };
}
