import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCertificate } from '#test/certificate';
import { caller, newMessage, signUp, until } from '#test/client';
import { uploadFile } from '#test/files';
import { freePort } from '#test/listen';
import { startProviderServer } from '#test/provider-server';
import { runProgram } from '#test/run-program';
import { startServer } from '#test/server';
import { eventsOf } from '#test/sse';
import { firstLine, installPrograms } from './debian.ts';
import type { Circumstances } from './part.ts';

const ROOT = join(import.meta.dirname, '../..');
/** An answer of 80 words takes more than a second. */
const [WORDS, WORD_MS] = [80, 15];
const MIN_EVENTS = 20;
/** The shortest time between the first and the last event of that answer, in milliseconds. A buffer makes it 0. */
const MIN_SPAN_MS = 600;
/** Larger than what nginx accepts by default. */
const UPLOAD = 'A line of a file.\n'.repeat(100_000);

/** An example of deploy/, adapted to this machine. */
interface Proxy {
  name: string;
  /** Checks the example, as far as it can be used unchanged. @returns a command that serves plain HTTP on [::1]. */
  prepare: (folder: string, port: number, server: number) => Promise<string[]>;
}

const example = (name: string) => readFileSync(join(ROOT, 'deploy', name), 'utf8');

/** Replaces all matches of a pattern. @throws {Error} if there is none, because the example has changed. */
function replace(text: string, pattern: RegExp, replacement: string): string {
  assert.match(text, pattern);
  return text.replaceAll(pattern, replacement);
}

async function prepareNginx(folder: string, port: number, server: number): Promise<string[]> {
  const { key, cert } = createCertificate(['app.example.com']);
  writeFileSync(join(folder, 'fullchain.pem'), cert);
  writeFileSync(join(folder, 'privkey.pem'), key, { mode: 0o600 });
  for (const name of ['body', 'proxy']) mkdirSync(join(folder, name));
  const write = (name: string, text: string) => {
    const own = `user root; pid ${folder}/nginx.pid; error_log stderr; daemon off; events {} http { access_log off;
      client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy;\n${text}}`;
    writeFileSync(join(folder, name), own);
    return ['nginx', '-e', 'stderr', '-c', join(folder, name)];
  };
  const text = replace(example('nginx.conf'), /\/etc\/letsencrypt\/live\/app\.example\.com/g, folder);
  const whole = write('whole.conf', text);
  await runProgram(folder, [...whole, '-t']);

  let plain = replace(text, /127\.0\.0\.1:3000/g, `127.0.0.1:${server}`);
  plain = replace(plain, /listen (?:\[::\]:)?(?:80|443 ssl http2);/g, '');
  plain = replace(plain, /ssl_certificate[^;]*;/g, '');
  plain = replace(
    plain,
    /limit_conn switchboard/g,
    `listen [::1]:${port} default_server; limit_conn switchboard`,
  );
  // The server that redirects to https would listen on port 80 without a line `listen`.
  plain = replace(plain, /server \{[^{}]*return 308[^{}]*\}/g, '');
  return write('plain.conf', plain);
}

async function prepareCaddy(folder: string, port: number, server: number): Promise<string[]> {
  await runProgram(ROOT, ['caddy', 'validate', '--adapter', 'caddyfile', '--config', 'deploy/Caddyfile']);
  let plain = replace(example('Caddyfile'), /127\.0\.0\.1:3000/g, `127.0.0.1:${server}`);
  plain = replace(
    plain,
    /^app\.example\.com \{/gm,
    `{\nadmin off\nauto_https off\n}\nhttp://[::1]:${port} {`,
  );
  const file = join(folder, 'Caddyfile');
  writeFileSync(file, plain);
  return ['caddy', 'run', '--adapter', 'caddyfile', '--config', file];
}

const PROXIES: Proxy[] = [
  { name: 'nginx', prepare: prepareNginx },
  { name: 'Caddy', prepare: prepareCaddy },
];

/** Checks what a proxy sends on, and that it delays no event. @returns the figures. */
async function check(url: string): Promise<string> {
  const forged = { 'x-forwarded-for': '203.0.113.7' };
  const account = await signUp(url, { headers: forged });
  const { items } = await account.rpc.protected.sessions.list.query({});
  // Of an IPv6 address, a session has the network: that of ::1, not of the proxy (127.0.0.1) or of the header.
  const addresses = items.map(({ ip }) => ip ?? '');
  assert.match(addresses.join(), /^(0000:){7}0000$/, 'the server does not see the address of the client');

  const document = await account.fetch('/api/openapi.json', { headers: { 'accept-encoding': 'gzip' } });
  assert.match(document.headers.get('etag') ?? '', /^"/, 'the strong ETag became weak');
  await document.arrayBuffer();
  const page = await account.fetch('/', { headers: { 'accept-encoding': 'gzip' } });
  assert.equal(page.headers.get('content-encoding'), 'gzip', 'the page is not compressed');
  await page.arrayBuffer();

  const { status } = await uploadFile(account, 'a.txt', UPLOAD);
  assert.equal(status, 201, `an upload of ${UPLOAD.length} bytes returned ${status}`);

  const { id } = await account.rpc.chat.create.mutate({});
  await account.rpc.chat.send.mutate({ chatId: id, ...newMessage('count proxy') });
  const times: number[] = [];
  const stream = await caller(url, account.headers, false).fetch(`/api/v1/chats/${id}/stream`);
  for await (const _event of eventsOf(stream)) times.push(performance.now());
  const span = Math.round((times.at(-1) ?? 0) - (times[0] ?? 0));
  assert.ok(times.length >= MIN_EVENTS && span >= MIN_SPAN_MS, `${times.length} events within ${span} ms`);
  return `${times.length} events of an answer within ${span} ms`;
}

/** Serves behind the examples of deploy/ for nginx and Caddy. No event of an answer may wait in the proxy. */
export async function proxies({ report }: Circumstances): Promise<void> {
  await installPrograms({ nginx: 'nginx-light', caddy: 'caddy' });
  const folder = mkdtempSync(join(tmpdir(), 'switchboard-proxies-'));
  const provider = await startProviderServer();
  const server = await startServer({
    DATA_DIR: join(folder, 'data'),
    TRUST_PROXY: 'true',
    AI_MODEL: `openai-compatible/count-${WORDS}x${WORD_MS}`,
    AI_BASE_URL: provider.url,
  });
  try {
    report(`${await firstLine('nginx', '-v')}, Caddy ${await firstLine('caddy', 'version')}`);
    for (const { name, prepare } of PROXIES) {
      const own = join(folder, name);
      mkdirSync(own);
      const port = await freePort();
      const [program = '', ...args] = await prepare(own, port, Number(new URL(server.url).port));
      const env = { ...process.env, HOME: own, XDG_DATA_HOME: own, XDG_CONFIG_HOME: own };
      const child = spawn(program, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
      const exited = once(child, 'exit');
      let output = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
      const url = `http://[::1]:${port}`;
      try {
        await until(
          () =>
            fetch(`${url}/api/ready`).then(
              ({ ok }) => ok || child.exitCode !== null,
              () => child.exitCode !== null,
            ),
          Boolean,
        );
        assert.equal(child.exitCode, null, output);
        report(`${name}: ${await check(url)}`);
      } catch (cause) {
        throw new Error(`${name} failed: ${output}`, { cause });
      } finally {
        child.kill('SIGTERM');
        await exited;
      }
    }
  } finally {
    await server.stop();
    await provider.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
