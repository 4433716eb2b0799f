import { randomUUID } from 'node:crypto';
import { type Attack, atMost, gets, isCounted } from '../attack.ts';
import { askIn, newChat } from '../chats.ts';
import type { Attacker, Scene } from '../scene.ts';

/** Calls a minute of one budget, by default (RATE_LIMIT). */
const CALLS = 1_200;
/** New guests a minute from one address, by default (GUEST_RATE_LIMIT). */
const GUESTS = 20;
/** Running answers of one account, by default (AI_ANSWERS_PER_USER). */
const ANSWERS = 10;
/** The same of all guests of an address, by default (AI_ANSWERS_PER_ADDRESS). */
const GUEST_ANSWERS = 10;
/** What a budget may be exceeded by, as a minute may end during a round. */
const SLACK = 100;

const isLong = true;
const flood = (count: number, atOnce = 10) => [{ count, atOnce }] as const;
const signInAs = (who: Attacker) => who.post('/api/auth/sign-in/anonymous', {});

/** As many guests as wanted, each of whom calls in turn. */
async function guestsOf(scene: Scene, count: number): Promise<Attacker[]> {
  const guests: Attacker[] = [];
  for (let at = 0; at < count; at++) guests.push(await scene.guest());
  return guests;
}

const guests: Attack[] = [
  {
    entry: 'A5',
    name: '100 guests of one address',
    rounds: flood(100),
    judge: atMost(GUESTS),
    prepare:
      ({ stranger }) =>
      () =>
        signInAs(stranger),
  },
  {
    entry: 'A5',
    name: '1,600 calls of 20 guests of one address',
    isLong,
    rounds: flood(1_600),
    judge: atMost(CALLS + SLACK),
    prepare: async (scene) => {
      const all = await guestsOf(scene, 20);
      return (index) => (all[index % all.length] ?? scene.stranger).send('/api/v1/users/me');
    },
  },
  {
    entry: 'A5',
    name: '100 guests of one IPv6 network',
    isLong,
    rounds: flood(100),
    judge: atMost(GUESTS),
    prepare: (scene) => (index) =>
      signInAs(scene.from(`2001:db8:${scene.address.replaceAll('.', ':')}:${index}`)),
  },
  {
    entry: 'A5',
    name: '60 answers at once for 20 guests of one address',
    isLong,
    rounds: flood(60),
    judge: atMost(GUEST_ANSWERS),
    prepare: async (scene) => {
      const asked: { guest: Attacker; chat: string }[] = [];
      for (const guest of await guestsOf(scene, 20)) {
        for (let at = 0; at < 3; at++) asked.push({ guest, chat: await newChat(guest, scene.url, 'silent') });
      }
      return (index) => {
        const { guest, chat } = asked[index] ?? { guest: scene.stranger, chat: '' };
        return askIn(guest, chat);
      };
    },
  },
  {
    entry: 'A5',
    name: '1,600 calls from no address',
    isLong,
    rounds: flood(1_600),
    judge: isCounted,
    prepare: (scene) => (index) => scene.from(`nonsense ${index}`).send('/api/v1/users/me'),
  },
];

/** Calls that cost something, and so are counted. */
const COUNTED: readonly (readonly [
  name: string,
  send: (who: Attacker, index: number) => ReturnType<Attacker['send']>,
])[] = [
  ['of a stranger', (who) => who.send('/api/v1/users/me')],
  [
    'with made-up keys',
    (who) => who.send('/api/v1/users/me', { headers: { authorization: `Bearer sb_${randomUUID()}` } }),
  ],
  [
    'with made-up cookies',
    (who) =>
      who.send('/api/v1/users/me', { headers: { cookie: `better-auth.session_token=${randomUUID()}.x` } }),
  ],
  ['of get-session', (who) => who.send('/api/auth/get-session')],
  ['of pages', (who) => who.send('/sign-in')],
  ['of the OpenAPI document', (who) => who.send('/api/openapi.json')],
  ['of the stream of no chat', (who) => who.send('/api/chat/none/stream')],
  ['of no procedure', (who, index) => who.send(`/api/trpc/none.${index}`)],
  ['of no path', (who, index) => who.send(`/api/v1/none/${index}`)],
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

/** Not counted, so that nobody can have a load balancer rejected: it must be cheap. */
const ready: Attack = {
  entry: 'A6',
  name: '3,000 requests of /api/ready',
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
  name: '20,000 requests from as many addresses',
  isLong,
  rounds: flood(20_000, 20),
  judge: gets(200),
  prepare: (scene) => (index) =>
    scene
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

const caps: Attack[] = [
  {
    entry: 'B14',
    name: '80 API keys',
    rounds: flood(80),
    judge: atMost(50),
    prepare: (scene) => {
      const member = scene.member();
      return (index) => member.post('/api/v1/protected/api-keys', { name: `Key ${index}`, scope: 'read' });
    },
  },
  {
    entry: 'B14',
    name: '60 answers at once',
    rounds: flood(60),
    judge: atMost(ANSWERS),
    prepare: async (scene) => {
      const member = scene.member();
      const chats: string[] = [];
      for (let at = 0; at < 60; at++) chats.push(await newChat(member, scene.url, 'silent'));
      return (index) => askIn(member, chats[index] ?? '');
    },
  },
];

/** Entries A5, A6 and B14: budgets and caps. */
export const spending: readonly Attack[] = [...guests, ...counted, ready, addresses, guesses, ...caps];
