import { readdirSync } from 'node:fs';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { open, router, signedIn } from '#server/procedures';
import { signUp } from './client.ts';
import { serveInstance } from './served.ts';

const Form = z.strictObject({ file: z.file() });
const size = ({ input }: { input: z.output<typeof Form> }) => ({ size: input.file.size });
const app = router({
  own: signedIn
    .meta({ openapi: { method: 'POST', path: '/own' } })
    .input(Form)
    .output(z.strictObject({ size: z.number() }))
    .mutation(size),
  open: open
    .meta({ openapi: { method: 'POST', path: '/open' } })
    .input(Form)
    .output(z.strictObject({ size: z.number() }))
    .mutation(size),
});
const server = await serveInstance({ router: app });
afterAll(server.close);

/** Starts to send a file, and does not finish. */
function begin(path: string, headers: Record<string, string> = {}): ClientRequest {
  const { hostname, port } = new URL(server.url);
  const sent = request({
    hostname,
    port,
    path: `/api/v1${path}`,
    method: 'POST',
    headers: { 'content-type': 'multipart/form-data; boundary=x', ...headers },
  });
  sent.on('error', () => undefined);
  sent.write('--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n');
  sent.write('y'.repeat(100 * 1024));
  return sent;
}

const stored = () =>
  readdirSync(tmpdir()).filter((name) => name.startsWith(`api-upload-${process.pid}-`)).length;

async function untilStored(count: number): Promise<void> {
  for (let tries = 0; tries < 100 && stored() !== count; tries++) await pause(20);
  expect(stored()).toBe(count);
}

test('rejects files of unauthenticated callers before reading them if authentication is required', async () => {
  const sent = begin('/own');
  const response = await new Promise<IncomingMessage>((resolve) => sent.once('response', resolve));
  expect(response.statusCode).toBe(401);
  expect(stored()).toBe(0);
  sent.destroy();
});

test('stores files of authenticated callers, and of anonymous callers if the procedure allows them', async () => {
  const { headers } = await signUp(server.url);
  for (const [path, credentials] of [
    ['/own', headers],
    ['/open', {}],
  ] as const) {
    const sent = begin(path, credentials);
    await untilStored(1);
    sent.destroy();
    await untilStored(0);
  }
});

test('returns 404, 405 and 406 before it checks authentication', async () => {
  const post = (path: string, init: RequestInit) => fetch(`${server.url}/api/v1${path}`, init);
  const body = new FormData();
  body.append('file', new Blob(['x']), 'a');
  expect((await post('/nothing', { method: 'POST', body })).status).toBe(404);
  expect((await post('/own', { method: 'PUT', body })).status).toBe(405);
  expect((await post('/own', { method: 'POST', body, headers: { accept: 'text/html' } })).status).toBe(406);
});
