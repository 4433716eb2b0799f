import { randomUUID } from 'node:crypto';
import { atMost, type Attack, gets, isCounted } from '../attack.ts';
import { askIn, newChat } from '../chats.ts';
import type { Attacker, Fixture } from '../fixture.ts';

/** The default number of calls per minute of a budget (RATE_LIMIT). */
const CALLS = 1_200;
/** The default number of new guests per minute and IP address (GUEST_RATE_LIMIT). */
const GUESTS = 20;
/** The default number of running answers per account (AI_ANSWERS_PER_USER). */
const ANSWERS = 10;
/** The same for all guests of an IP address (AI_ANSWERS_PER_ADDRESS). */
const GUEST_ANSWERS = 10;
/** How far a round may exceed a budget, because a minute may end during the round. */
const SLACK = 100;

const isLong = true;
const flood = (count: number, concurrency = 10) => [{ count, concurrency }] as const;
const signInAs = (attacker: Attacker) => attacker.post('/api/auth/sign-in/anonymous', {});

/** Creates guests. */
async function guestsOf(fixture: Fixture, count: number): Promise<Attacker[]> {
  const guests: Attacker[] = [];
  for (let at = 0; at < count; at++) guests.push(await fixture.guest());
  return guests;
}

const guests: Attack[] = [
  {
    entry: 'A5',
    name: '100 guests with one IP address',
    rounds: flood(100),
    judge: atMost(GUESTS),
    prepare:
      ({ stranger }) =>
      () =>
        signInAs(stranger),
  },
  {
    entry: 'A5',
    name: '1,600 calls of 20 guests with one IP address',
    isLong,
    rounds: flood(1_600),
    judge: atMost(CALLS + SLACK),
    prepare: async (fixture) => {
      const all = await guestsOf(fixture, 20);
      return (index) => (all[index % all.length] ?? fixture.stranger).send('/api/v1/users/me');
    },
  },
  {
    entry: 'A5',
    name: '100 guests in one IPv6 network',
    isLong,
    rounds: flood(100),
    judge: atMost(GUESTS),
    prepare: (fixture) => (index) =>
      signInAs(fixture.from(`2001:db8:${fixture.address.replaceAll('.', ':')}:${index}`)),
  },
  {
    entry: 'A5',
    name: '60 concurrent answers for 20 guests with one IP address',
    isLong,
    rounds: flood(60),
    judge: atMost(GUEST_ANSWERS),
    prepare: async (fixture) => {
      const asked: { guest: Attacker; chat: string }[] = [];
      for (const guest of await guestsOf(fixture, 20)) {
        for (let at = 0; at < 3; at++)
          asked.push({ guest, chat: await newChat(guest, fixture.url, 'silent') });
      }
      return (index) => {
        const { guest, chat } = asked[index] ?? { guest: fixture.stranger, chat: '' };
        return askIn(guest, chat);
      };
    },
  },
  {
    entry: 'A5',
    name: '1,600 calls without a valid IP address',
    isLong,
    rounds: flood(1_600),
    judge: isCounted,
    prepare: (fixture) => (index) => fixture.from(`nonsense ${index}`).send('/api/v1/users/me'),
  },
];

/** Requests that have a cost and therefore count. */
const COUNTED: readonly (readonly [
  name: string,
  send: (attacker: Attacker, index: number) => ReturnType<Attacker['send']>,
])[] = [
  ['from a stranger', (attacker) => attacker.send('/api/v1/users/me')],
  [
    'with made-up keys',
    (attacker) =>
      attacker.send('/api/v1/users/me', { headers: { authorization: `Bearer sb_${randomUUID()}` } }),
  ],
  [
    'with made-up cookies',
    (attacker) =>
      attacker.send('/api/v1/users/me', {
        headers: { cookie: `better-auth.session_token=${randomUUID()}.x` },
      }),
  ],
  ['for get-session', (attacker) => attacker.send('/api/auth/get-session')],
  ['for pages', (attacker) => attacker.send('/sign-in')],
  ['for the OpenAPI document', (attacker) => attacker.send('/api/openapi.json')],
  ['for the stream of an unknown chat', (attacker) => attacker.send('/api/chat/none/stream')],
  ['for unknown procedures', (attacker, index) => attacker.send(`/api/trpc/none.${index}`)],
  ['for unknown paths', (attacker, index) => attacker.send(`/api/v1/none/${index}`)],
];

const counted: Attack[] = COUNTED.map(([name, send], at) => ({
  entry: 'A6',
  name: `1,600 requests ${name}`,
  ...(at !== 1 && { isLong }),
  rounds: flood(1_600),
  judge: isCounted,
  prepare:
    ({ stranger }) =>
    (index) =>
      send(stranger, index),
}));

/** These requests do not count, so no client can make the server reject its load balancer. They must be cheap. */
const ready: Attack = {
  entry: 'A6',
  name: '3,000 requests for /api/ready',
  isLong,
  rounds: flood(3_000),
  judge: gets(200),
  prepare:
    ({ stranger }) =>
    () =>
      stranger.send('/api/ready'),
};

const addresses: Attack = {
  entry: 'A6',
  name: '20,000 requests from as many IP addresses',
  isLong,
  rounds: flood(20_000, 20),
  judge: gets(200),
  prepare: (fixture) => (index) =>
    fixture
      .from(`172.${16 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`)
      .send('/api/auth/get-session'),
};

const guesses: Attack = {
  entry: 'A6',
  name: '150 guesses at a password',
  isLong,
  rounds: flood(150),
  judge: isCounted,
  prepare:
    ({ stranger }) =>
    (index) =>
      stranger.post('/api/auth/sign-in/email', {
        email: 'owner@example.com',
        password: `guess number ${index}`,
      }),
};

const limits: Attack[] = [
  {
    entry: 'B14',
    name: '80 API keys',
    rounds: flood(80),
    judge: atMost(50),
    prepare: (fixture) => {
      const member = fixture.member();
      return (index) => member.post('/api/v1/protected/api-keys', { name: `Key ${index}`, scope: 'read' });
    },
  },
  {
    entry: 'B14',
    name: '60 concurrent answers',
    rounds: flood(60),
    judge: atMost(ANSWERS),
    prepare: async (fixture) => {
      const member = fixture.member();
      const chats: string[] = [];
      for (let at = 0; at < 60; at++) chats.push(await newChat(member, fixture.url, 'silent'));
      return (index) => askIn(member, chats[index] ?? '');
    },
  },
];

/** Entries A5, A6 and B14: budgets and limits. */
export const spending: readonly Attack[] = [...guests, ...counted, ready, addresses, guesses, ...limits];
