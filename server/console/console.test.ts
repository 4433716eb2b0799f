import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { silent } from '#test/logs';
import { readAddress, writeAddress } from './address.ts';
import { connectConsole, sendCommand } from './client.ts';
import { PROTOCOL } from './protocol.ts';
import { type Console, type Execute, openConsole } from './server.ts';

const onPosix = process.platform === 'win32' ? test.skip : test;

let folder: string;
let console: Console | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'switchboard-console-test-'));
});
afterEach(async () => {
  await console?.close();
  console = undefined;
  rmSync(folder, { recursive: true });
});

const open = async (execute: Execute, at = folder) => (console = await openConsole(at, execute, silent));

async function connected(at = folder): Promise<Socket> {
  const socket = await connectConsole(at);
  if (!socket) throw new Error('The console does not listen.');
  return socket;
}

/** Sends a command as the operator's program does. @returns the exit code and the output. */
async function call(command = 'test', at = folder): Promise<[exit: number, ...lines: string[]]> {
  const lines: string[] = [];
  const terminal = {
    out: (line: string) => void lines.push(line),
    err: (line: string) => void lines.push(`! ${line}`),
  };
  const request = { protocol: PROTOCOL, command, input: { email: 'ada@example.com' } } as const;
  return [await sendCommand(await connected(at), request, terminal), ...lines];
}

/** Sends text to a console. @returns all that it responds until it closes the connection. */
async function raw(text: string | Buffer): Promise<string> {
  const socket = await connected();
  let response = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (response += chunk));
  socket.on('error', () => undefined).write(text);
  await new Promise((resolve) => socket.on('close', resolve));
  return response;
}

const echo: Execute = async ({ command, input }, { print }) => {
  await print(`${command} ${JSON.stringify(input)}`);
  return { exit: 3, error: 'the reason' };
};

test('a command gets its input, and its output, error and exit code come back', async () => {
  await open(echo);
  expect(await call('account show')).toEqual([3, 'account show {"email":"ada@example.com"}', '! the reason']);
});

test('much output is complete and in order', async () => {
  await open(async (_, { print }) => {
    for (let n = 0; n < 20_000; n++) await print(`line ${n} ${'x'.repeat(200)}`);
    return { exit: 0 };
  });
  const [exit, ...lines] = await call();
  expect(exit).toBe(0);
  expect(lines).toHaveLength(20_000);
  expect(lines.at(-1)).toMatch(/^line 19999 /);
});

test('what a command throws stays in the log of the server', async () => {
  await open(() => Promise.reject(new Error('select secret')));
  expect(await call()).toEqual([1, '! The command failed. The log of the server has the reason.']);
});

onPosix('only the owner can open the socket', async () => {
  const { address } = await open(echo);
  expect(address).toBe(join(folder, 'server.sock'));
  expect((statSync(address).mode & 0o777).toString(8)).toBe('600');
  expect((statSync(join(folder, 'server.address')).mode & 0o777).toString(8)).toBe('600');
});

onPosix('a folder with a long path has its socket in a private folder with a short one', async () => {
  const long = join(folder, 'a'.repeat(60), 'b'.repeat(60));
  mkdirSync(long, { recursive: true });
  const { address } = await open(echo, long);
  expect(address.length).toBeLessThan(100);
  expect((statSync(join(address, '..')).mode & 0o777).toString(8)).toBe('700');
  expect((await call('long', long))[0]).toBe(3);
  await console?.close();
  expect(existsSync(join(address, '..'))).toBe(false);
});

onPosix('a socket of a killed server is taken over, and other files stay', async () => {
  // A server that was killed leaves its socket, and this one still listens on it.
  const killed = createServer().listen(join(folder, 'server.sock'));
  await new Promise((resolve) => killed.once('listening', resolve));
  writeAddress(folder, join(folder, 'server.sock'));
  await open(echo);
  expect((await call())[0]).toBe(3);
  killed.close();
  await console?.close();
  // Killed before it could write where it listens.
  writeFileSync(join(folder, 'server.sock'), '');
  await open(echo);
  expect((await call())[0]).toBe(3);
  await console?.close();
  writeFileSync(join(folder, 'other'), '');
  writeAddress(folder, join(folder, 'other'));
  await open(echo);
  expect(existsSync(join(folder, 'other'))).toBe(true);
});

test('closing removes the socket, and nothing is found afterwards', async () => {
  await open(echo);
  await console?.close();
  expect(readAddress(folder)).toBeUndefined();
  expect(await connectConsole(folder)).toBeUndefined();
});

const INVALID = `${JSON.stringify({ err: 'The request is not valid.' })}\n{"exit":1}\n`;

test.each([
  ['no JSON', 'hello\n'],
  ['bytes that are no text', Buffer.from([0xff, 0xfe, 0, 10])],
  ['another request', '{"a":1}\n'],
  ['a field too many', `{"protocol":${PROTOCOL},"command":"a","input":{},"more":1}\n`],
  ['an input that is no text', `{"protocol":${PROTOCOL},"command":"a","input":{"email":{}}}\n`],
])('a client that sends %s is rejected, and the next one is served', async (_, text) => {
  let calls = 0;
  await open(async () => ({ exit: calls++ }));
  expect(await raw(text)).toBe(INVALID);
  expect(await call()).toEqual([0]);
});

test('a program of another version is told to restart the server', async () => {
  await open(echo);
  expect(await raw(`{"protocol":${PROTOCOL + 1},"command":"a","input":{}}\n`)).toContain(
    'different versions',
  );
});

test('a client that sends too much is disconnected', async () => {
  await open(echo);
  const began = performance.now();
  expect(await raw('x'.repeat(1_000_000))).toBe('');
  expect(performance.now() - began).toBeLessThan(2_000);
});

test('clients that send nothing are disconnected after some seconds, and the server closes at once', async () => {
  const { close } = await open(echo);
  const began = performance.now();
  expect(await raw('')).toBe('');
  expect(performance.now() - began).toBeGreaterThan(4_000);
  (await connected()).resume();
  const hanging = (await connected()).resume();
  hanging.on('error', () => undefined).write('{"protocol":');
  const closing = performance.now();
  await close();
  expect(performance.now() - closing).toBeLessThan(1_000);
});

test('a command ends when its client leaves', async () => {
  const ended = Promise.withResolvers<string>();
  await open(
    (_, { signal }) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          ended.resolve('ended');
          resolve({ exit: 0 });
        });
      }),
  );
  const socket = await connected();
  socket.write(`${JSON.stringify({ protocol: PROTOCOL, command: 'a', input: {} })}\n`);
  await new Promise((resolve) => setTimeout(resolve, 50));
  socket.destroy();
  expect(await ended.promise).toBe('ended');
});

test('a command in progress at the stop of the server is ended with a reason', async () => {
  const { close } = await open(
    (_, { signal }) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')))),
  );
  const called = call();
  await new Promise((resolve) => setTimeout(resolve, 50));
  await close();
  expect(await called).toEqual([1, '! The server stops, so the command was ended. Run it again.']);
});

test('a server that disappears or sends anything else is reported', async () => {
  const answers = ['', 'what\n', '{"exit":"0"}\n'];
  const other = createServer((socket) => socket.end(answers.shift() ?? '')).listen(
    join(folder, 'other.sock'),
  );
  await new Promise((resolve) => other.once('listening', resolve));
  writeAddress(folder, join(folder, 'other.sock'));
  expect(await call()).toEqual([
    1,
    '! The server ended before the command was complete. Run the command again.',
  ]);
  const unexpected = [
    1,
    '! The running server sent something else than expected. Restart it, and run the command again.',
  ];
  expect(await call()).toEqual(unexpected);
  expect(await call()).toEqual(unexpected);
  other.close();
});

test('connecting to a folder without a server finds nothing', async () => {
  expect(await connectConsole(folder)).toBeUndefined();
  const socket = connect(join(folder, 'server.sock'));
  await new Promise((resolve) => socket.once('error', resolve));
});
