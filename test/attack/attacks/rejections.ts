import { randomUUID } from 'node:crypto';
import { type Attack, gets, isCounted, LIMITS, type SendRequest } from '../attack.ts';
import type { Outcome } from '../outcome.ts';
import type { Attacker } from '../fixture.ts';

const KB = 1024;
const unknownKeys = (bytes: number) =>
  `{${Array.from({ length: Math.floor(bytes / 14) }, (_, at) => `"key${String(at).padStart(6, '0')}":0`).join(',')}}`;
const CREATE = '/api/v1/chats';
const SEND = '/api/v1/chats/x/messages';

/** Returns a body with an invalid value under nested names, at the maximum depth of JSON. */
function longPointer(name: string): string {
  const parts = `[{"type":"text","text":${`{"${name}":`.repeat(40)}0${'}'.repeat(40)}}]`;
  return `{"clientRequestId":"x","parts":${parts}}`;
}

interface Rejected {
  name: string;
  sendRequest: (guest: Attacker) => SendRequest;
  rejectionBytes?: number;
  isLong?: true;
}

const withKey = () => ({ 'idempotency-key': randomUUID() });
const asForm = (guest: Attacker, body: string) =>
  guest.send(CREATE, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body,
  });

const KINDS: readonly Rejected[] = [
  {
    name: '1 MB of unknown keys with an Idempotency-Key',
    sendRequest: (guest) => () => guest.post(CREATE, unknownKeys(1024 * KB - 100), withKey()),
  },
  {
    name: '1 MB of unknown keys over RPC',
    sendRequest: (guest) => () => guest.post('/api/trpc/chat.create', `{"json":${unknownKeys(1000 * KB)}}`),
  },
  { name: '100 KB of unknown keys', sendRequest: (guest) => () => guest.post(CREATE, unknownKeys(100 * KB)) },
  {
    name: 'one unknown key of 900 KB',
    sendRequest: (guest) => () => guest.post(CREATE, `{"${'k'.repeat(900 * KB)}":0}`),
  },
  {
    name: 'a pointer of 800 KB',
    sendRequest: (guest) => () => guest.post(SEND, longPointer('k'.repeat(20 * KB))),
  },
  {
    name: 'an id of 10 KB in the path',
    sendRequest: (guest) => () => guest.send(`${CREATE}/${'x'.repeat(10 * KB)}`),
  },
  {
    name: 'a path of 12 KB',
    sendRequest: (guest) => () => guest.send(`/api/${'x/'.repeat(6 * KB)}`),
    isLong: true,
  },
  {
    name: 'a procedure of 10 KB',
    sendRequest: (guest) => () => guest.send(`/api/trpc/${'x'.repeat(10 * KB)}`),
  },
  {
    name: 'a content type of 10 KB',
    sendRequest: (guest) => () => guest.post(CREATE, '{}', { 'content-type': `x/${'y'.repeat(10 * KB)}` }),
    isLong: true,
  },
  {
    name: 'an origin of 10 KB',
    sendRequest: (guest) => () => guest.post(CREATE, '{}', { origin: `https://${'y'.repeat(10 * KB)}.com` }),
    isLong: true,
  },
  {
    name: 'a form of unknown fields',
    sendRequest: (guest) => () =>
      asForm(guest, Array.from({ length: 40_000 }, (_, at) => `k${at}=1`).join('&')),
    isLong: true,
  },
  {
    name: '20 invalid parts with 40 KB each',
    sendRequest: (guest) => () =>
      guest.post(SEND, {
        clientRequestId: 'x',
        parts: Array.from({ length: 20 }, () => ({ type: 'y'.repeat(40 * KB) })),
      }),
    isLong: true,
  },
  {
    name: '20 calls in a batch with 45 KB of unknown keys each',
    rejectionBytes: LIMITS.batchRejectionBytes,
    sendRequest: (guest) => {
      const body = `{${Array.from({ length: 20 }, (_, at) => `"${at}":{"json":${unknownKeys(45 * KB)}}`).join(',')}}`;
      return () =>
        guest.post(`/api/trpc/${Array.from({ length: 20 }, () => 'chat.create').join(',')}?batch=1`, body);
    },
  },
  {
    name: '20 unknown procedures of 500 bytes',
    isLong: true,
    rejectionBytes: LIMITS.batchRejectionBytes,
    sendRequest: (guest) => () =>
      guest.send(
        `/api/trpc/${Array.from({ length: 20 }, () => 'x'.repeat(500)).join(',')}?batch=1&input=${encodeURIComponent('{}')}`,
      ),
  },
];

/** Sends the same request with one key again. */
const replays: Attack = {
  entry: 'A4',
  name: '1,500 replays of one request',
  isLong: true,
  rounds: [{ count: 1_500, concurrency: 10 }],
  judge: isCounted,
  prepare: async (fixture) => {
    const guest = await fixture.guest();
    const headers = withKey();
    const sendRequest = (): Promise<Outcome> => guest.post(CREATE, { title: 'Once' }, headers);
    await sendRequest();
    return sendRequest;
  },
};

/** Entry A4: large rejections. */
export const rejections: readonly Attack[] = [
  ...KINDS.map(({ name, sendRequest, rejectionBytes, isLong }): Attack => ({
    entry: 'A4',
    name,
    judge: gets(400, 403, 404, 413, 414, 415),
    ...(rejectionBytes !== undefined && { rejectionBytes }),
    ...(isLong && { isLong }),
    prepare: async (fixture) => sendRequest(await fixture.guest()),
  })),
  replays,
];
