import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type Attack, gets, onlyStatuses } from '../attack.ts';
import { askIn } from '../chats.ts';
import type { Attacker, Fixture } from '../fixture.ts';

const isLong = true;
const ALONE = [{ count: 1, concurrency: 1 }];
const owner = ({ as, seeded }: Fixture): Attacker => as(seeded.long.owner);

let deleted = 0;
let adopted = 0;
let ended = 0;
/** Deletion and adoption only set a mark. The server looks for marks every 5 s and changes the rows in batches. */
const watchMs = 10_000;

/** Attacks that need a new chat or account for each request. */
const deleting: Attack[] = [
  {
    entry: 'B12',
    name: 'deleting a long chat',
    rounds: ALONE,
    watchMs,
    judge: gets(204),
    prepare: (fixture) => () => {
      const { owner: name = '', chat = '' } =
        fixture.seeded.deletable[deleted++ % fixture.seeded.deletable.length] ?? {};
      return fixture.as(name).send(`/api/v1/chats/${chat}`, { method: 'DELETE' });
    },
  },
  {
    entry: 'B12',
    name: 'a guest with a long chat signs up',
    rounds: ALONE,
    watchMs,
    judge: gets(200),
    prepare: (fixture) => () => {
      const name = fixture.seeded.guests[adopted++ % fixture.seeded.guests.length] ?? '';
      return fixture.as(name).post('/api/auth/sign-up/email', {
        name: 'Ada',
        email: `${randomUUID()}@example.com`,
        password: 'correct horse',
      });
    },
  },
  {
    entry: 'B12',
    name: 'deleting an account with a long chat',
    isLong,
    rounds: ALONE,
    watchMs,
    judge: gets(204),
    prepare: (fixture) => () => {
      ended += 1;
      const name = fixture.seeded.guests.at(-ended) ?? '';
      return fixture.as(name).post('/api/v1/protected/delete-account', {});
    },
  },
];

const reading: Attack[] = [
  {
    entry: 'B11',
    name: 'another branch of a long chat',
    judge: gets(200),
    prepare: (fixture) => {
      const { chat, otherBranch } = fixture.seeded.long;
      const body = (index: number) =>
        JSON.stringify({ messageId: index % 2 === 0 ? otherBranch : `${chat}-000001` });
      const headers = { 'content-type': 'application/json' };
      return (index) =>
        owner(fixture).send(`/api/v1/chats/${chat}/branch`, { method: 'PUT', headers, body: body(index) });
    },
  },
  {
    entry: 'B11',
    name: 'the page of a long chat',
    judge: gets(200),
    prepare: (fixture) => () => owner(fixture).send(`/chat/${fixture.seeded.long.chat}`),
  },
  {
    entry: 'B10',
    name: 'a search for a word of every message',
    judge: gets(200),
    prepare: (fixture) => () => owner(fixture).send('/api/v1/chats?search=sentence'),
  },
  {
    entry: 'B10',
    name: 'a search for 100 prefixes of a word',
    judge: gets(200),
    prepare: (fixture) => () =>
      owner(fixture).send(`/api/v1/chats?search=${'a+s+'.repeat(50).slice(0, 199)}`),
  },
  {
    entry: 'B10',
    name: 'requests of a member while other members do not read 12 exports',
    isLong,
    rounds: [{ count: 20, concurrency: 4 }],
    judge: onlyStatuses((status) => status === 200),
    prepare: (fixture) => {
      // An account may export ten times a minute.
      const exporters = fixture.seeded.deletable.map(({ owner: name }) => fixture.as(name));
      const unread = Array.from({ length: 12 }, (_, at) =>
        (exporters[at % exporters.length] ?? owner(fixture)).hold('/api/v1/protected/export', 3_000),
      );
      const member = fixture.member();
      return async () => {
        await Promise.race([Promise.all(unread), pause(100)]);
        return member.send('/api/v1/chats');
      };
    },
  },
  {
    entry: 'B10',
    name: 'a question in a long chat',
    isLong,
    rounds: ALONE,
    judge: gets(202, 409),
    prepare: (fixture) => () => askIn(owner(fixture), fixture.seeded.long.chat, ['And?']),
  },
  {
    entry: 'B10',
    name: 'the audit trail and usage, 300 times',
    isLong,
    rounds: [{ count: 300, concurrency: 20 }],
    judge: gets(200),
    prepare: (fixture) => (index) =>
      owner(fixture).send(index % 2 === 0 ? '/api/v1/protected/audit?limit=100' : '/api/v1/protected/usage'),
  },
];

/** Entries B10 to B12: statements whose cost grows with the data of a user. */
export const database: readonly Attack[] = [...reading, ...deleting];
