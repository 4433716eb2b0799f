import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { atMost, type Attack, gets, isCounted } from '../attack.ts';
import { askIn, newChat } from '../chats.ts';
import type { Outcome } from '../outcome.ts';
import { open } from '../raw.ts';
import type { Attacker } from '../scene.ts';

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
  `POST ${path} HTTP/1.1\r\n${Object.entries({ host: 'localhost', 'content-length': '100000', ...headers })
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`;

const SLOW: readonly (readonly [
  name: string,
  begin: (headers: Record<string, string>) => string,
  limitMs: number,
])[] = [
  ['100 heads that never end', () => 'GET / HTTP/1.1\r\nhost: localhost\r\na: ', HEAD_LIMIT_MS],
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
  judge: gets(408),
  prepare: async (scene) => {
    const { headers } = await scene.guest();
    return () => drip(open(scene.url), begin(headers), limitMs);
  },
}));

const streams: Attack = {
  entry: 'A6',
  name: '150 open streams of one member',
  rounds: [{ count: 150, atOnce: 150 }],
  judge: isCounted,
  prepare: async (scene) => {
    const member = scene.member();
    const chat = await newChat(member, scene.url, 'silent');
    await askIn(member, chat);
    return () => member.hold(`/api/v1/chats/${chat}/stream`, 800);
  },
};

/** Does nothing on so many connections, while others are served: the probe asks meanwhile. */
const idle: Attack = {
  entry: 'A6',
  name: '2,000 connections that say nothing',
  isLong,
  rounds: [{ count: 2_000, atOnce: 2_000 }],
  judge: gets(408),
  prepare: (scene) => async () => {
    const socket = open(scene.url);
    await Promise.race([once(socket, 'close'), pause(2_000)]);
    socket.destroy();
    return { status: 408, bytes: 0 };
  },
};

const guestStreams: Attack = {
  entry: 'A5',
  name: '150 open streams of 10 guests of one address',
  isLong,
  rounds: [{ count: 150, atOnce: 150 }],
  judge: atMost(100),
  prepare: async (scene) => {
    const opened: { guest: Attacker; path: string }[] = [];
    for (let at = 0; at < 10; at++) {
      const guest = await scene.guest();
      const chat = await newChat(guest, scene.url, 'silent');
      await askIn(guest, chat);
      opened.push({ guest, path: `/api/v1/chats/${chat}/stream` });
    }
    return (index) => {
      const { guest, path } = opened[index % opened.length] ?? { guest: scene.stranger, path: '/' };
      return guest.hold(path, 1_500);
    };
  },
};

/** Entry A6, and of A5 what stays open: connections that stay. */
export const connections: readonly Attack[] = [streams, guestStreams, ...slow, idle];
