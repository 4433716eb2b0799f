import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { atMost, type Attack, gets, isCounted } from '../attack.ts';
import { askIn, newChat } from '../chats.ts';
import type { Outcome } from '../outcome.ts';
import { open } from '../raw.ts';
import type { Attacker } from '../fixture.ts';

const isLong = true;
/** How long a client may take to send the head of a request, and its body. */
const HEAD_LIMIT_MS = 40_000;
const BODY_LIMIT_MS = 75_000;
const DRIP_MS = 1_000;

/**
 * Starts a request, then sends a byte per second without end.
 * @returns status 408 if the server closed the connection within the limit, otherwise 0.
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
  rounds: [{ count: 100, concurrency: 100 }],
  judge: gets(408),
  prepare: async (fixture) => {
    const { headers } = await fixture.guest();
    return () => drip(open(fixture.url), begin(headers), limitMs);
  },
}));

const streams: Attack = {
  entry: 'A6',
  name: '150 open streams of one member',
  rounds: [{ count: 150, concurrency: 150 }],
  judge: isCounted,
  prepare: async (fixture) => {
    const member = fixture.member();
    const chat = await newChat(member, fixture.url, 'silent');
    await askIn(member, chat);
    return () => member.hold(`/api/v1/chats/${chat}/stream`, 800);
  },
};

/** Opens many idle connections. Meanwhile, the probe checks that the server still responds. */
const idle: Attack = {
  entry: 'A6',
  name: '2,000 connections that send nothing',
  isLong,
  rounds: [{ count: 2_000, concurrency: 2_000 }],
  judge: gets(408),
  prepare: (fixture) => async () => {
    const socket = open(fixture.url);
    await Promise.race([once(socket, 'close'), pause(2_000)]);
    socket.destroy();
    return { status: 408, bytes: 0 };
  },
};

const guestStreams: Attack = {
  entry: 'A5',
  name: '150 open streams of 10 guests with one IP address',
  isLong,
  rounds: [{ count: 150, concurrency: 150 }],
  judge: atMost(100),
  prepare: async (fixture) => {
    const opened: { guest: Attacker; path: string }[] = [];
    for (let at = 0; at < 10; at++) {
      const guest = await fixture.guest();
      const chat = await newChat(guest, fixture.url, 'silent');
      await askIn(guest, chat);
      opened.push({ guest, path: `/api/v1/chats/${chat}/stream` });
    }
    return (index) => {
      const { guest, path } = opened[index % opened.length] ?? { guest: fixture.stranger, path: '/' };
      return guest.hold(path, 1_500);
    };
  },
};

/** Entry A6, and a part of A5: connections that stay open. */
export const connections: readonly Attack[] = [streams, guestStreams, ...slow, idle];
