import { afterAll, expect, test } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { signUp, withKey } from '#test/client';
import { recordLog } from '#test/logs';
import {
  authorizationRequest,
  codeIn,
  decide,
  exchange,
  open,
  registerClient,
  serveIssuer,
} from '#test/oauth-client';

const { log, lines } = recordLog();
const server = await serveIssuer({ log });
afterAll(server.close);
const { execute } = server.deps.database;
const ada = await signUp(server.url);

test('OAuth works at the next request if the database failed at the first one', async () => {
  const metadata = () => fetch(`${server.url}/.well-known/oauth-authorization-server`);
  await execute(sql`alter table oauth_resources rename to gone`);
  const failed = await metadata();
  await execute(sql`alter table gone rename to oauth_resources`);
  expect(failed.status).toBe(500);
  expect((await metadata()).status).toBe(200);
});

test('a person is connected although the audit trail cannot be written', async () => {
  const clientId = await registerClient(server.deps);
  const { verifier, path } = authorizationRequest(clientId, { scope: 'read' });
  const page = await open(ada, path);
  await execute(
    sql`alter table audit_events add constraint no_connections check (action <> 'client.connect') not valid`,
  );
  const back = await decide(ada, page, ['read']);
  await execute(sql`alter table audit_events drop constraint no_connections`);
  const { access_token } = await exchange(server.url, { clientId, code: codeIn(back), verifier });
  const tools = await withKey(server.url, access_token).fetch('/api/mcp', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
  });
  expect(tools.status).toBe(200);
  const failures = lines.filter(({ level, msg }) => level === 50 && msg !== 'a call failed');
  expect(failures).toMatchObject([{ msg: 'failed to write a connected program to the audit trail' }]);
});
