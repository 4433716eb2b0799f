import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { type Attack, isCounted, type Outcome } from '../attack.ts';
import { askIn, newChat } from '../chats.ts';
import { open } from '../raw.ts';

const isLong = true;
/** How long a client may take for the head of a request, and for a body that it began. */
const HEAD_LIMIT_MS = 40_000;
const BODY_LIMIT_MS = 75_000;
const DRIP_MS = 1_000;

/**
 * Begins a request, then sends a byte a second for ever.
 * @returns status 408 when the server closed the connection within the limit, else 0.
 */
async function drip(socket: Socket, begin: string, limitMs: number): Promise<Outcome> {
  const closed = once(socket, 'close').then(() => 408);
  socket.resume().write(begin);
  const timer = setInterval(() => socket.write('a'), DRIP_MS);
  const status = await Promise.race([closed, pause(limitMs, 0, { ref: false })]);
  clearInterval(timer);
  socket.destroy();
  return { status, bytes: 0 };
}

const post = (path: string, headers: Record<string, string>) =>
  `POST ${path} HTTP/1.1\r\n${Object.entries({ host: 'x', 'content-length': '100000', ...headers })
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`;

const SLOW: readonly (readonly [
  name: string,
  begin: (headers: Record<string, string>) => string,
  limitMs: number,
])[] = [
  ['100 heads that never end', () => 'GET / HTTP/1.1\r\nhost: x\r\na: ', HEAD_LIMIT_MS],
  [
    '100 API bodies that never end',
    (headers) => post('/api/v1/chats', { ...headers, 'content-type': 'application/json' }),
    BODY_LIMIT_MS,
  ],
  [
    '100 bodies of /api/chat that never end',
    (headers) => post('/api/chat', { ...headers, 'content-type': 'application/json' }),
    BODY_LIMIT_MS,
  ],
  [
    '100 sign-ins that never end',
    (headers) => post('/api/auth/sign-in/email', { ...headers, 'content-type': 'application/json' }),
    BODY_LIMIT_MS,
  ],
  ['100 bodies of pages that never end', (headers) => post('/sign-in', headers), BODY_LIMIT_MS],
];

const slow: Attack[] = SLOW.map(([name, begin, limitMs]) => ({
  entry: 'A6',
  name,
  isLong,
  rounds: [{ count: 100, atOnce: 100 }],
  prepare: async (scene) => {
    const { headers } = await scene.guest();
    return () => drip(open(scene.url), begin(headers), limitMs);
  },
}));

/** Opens a stream and keeps it open a while. */
async function hold(
  url: string,
  path: string,
  headers: Record<string, string>,
  ms: number,
): Promise<Outcome> {
  const gone = new AbortController();
  try {
    const response = await fetch(`${url}${path}`, { headers, signal: gone.signal });
    if (response.ok) await pause(ms);
    return { status: response.status, bytes: 0 };
  } catch {
    return { status: 0, bytes: 0 };
  } finally {
    gone.abort();
  }
}

const streams: Attack = {
  entry: 'A6',
  name: '150 open streams of one member',
  rounds: [{ count: 150, atOnce: 150 }],
  judge: isCounted,
  prepare: async (scene) => {
    const member = scene.member();
    const chat = await newChat(member, scene.url, 'silent');
    await askIn(member, chat);
    const { headers } = member;
    return () => hold(scene.url, `/api/v1/chats/${chat}/stream`, headers, 1_500);
  },
};

/** Does nothing on so many connections, while others are served: the probe asks meanwhile. */
const idle: Attack = {
  entry: 'A6',
  name: '2,000 connections that say nothing',
  isLong,
  rounds: [{ count: 2_000, atOnce: 2_000 }],
  prepare: (scene) => async () => {
    const socket = open(scene.url);
    await Promise.race([once(socket, 'close'), pause(2_000)]);
    socket.destroy();
    return { status: 408, bytes: 0 };
  },
};

/** Entry A6: connections that stay. */
export const connections: readonly Attack[] = [streams, ...slow, idle];
