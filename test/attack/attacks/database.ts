import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type Attack, gets, onlyStatuses } from '../attack.ts';
import { askIn } from '../chats.ts';
import type { Attacker, Scene } from '../scene.ts';

const isLong = true;
const ALONE = [{ count: 1, atOnce: 1 }];
const owner = ({ as, seeded }: Scene): Attacker => as(seeded.long.owner);

let deleted = 0;
let adopted = 0;
let ended = 0;
/** What is deleted or adopted is marked at once. Its rows are removed in pieces, which the server looks for every 5 s. */
const watchMs = 10_000;

/** Each uses up a chat or an account, so that none is used twice. */
const disposing: Attack[] = [
  {
    entry: 'B12',
    name: 'deleting a long chat',
    rounds: ALONE,
    watchMs,
    judge: gets(204),
    prepare: (scene) => () => {
      const { owner: name = '', chat = '' } =
        scene.seeded.deletable[deleted++ % scene.seeded.deletable.length] ?? {};
      return scene.as(name).send(`/api/v1/chats/${chat}`, { method: 'DELETE' });
    },
  },
  {
    entry: 'B12',
    name: 'a guest with a long chat signs up',
    rounds: ALONE,
    watchMs,
    judge: gets(200),
    prepare: (scene) => () => {
      const name = scene.seeded.guests[adopted++ % scene.seeded.guests.length] ?? '';
      return scene.as(name).post('/api/auth/sign-up/email', {
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
    prepare: (scene) => () => {
      ended += 1;
      const name = scene.seeded.guests.at(-ended) ?? '';
      return scene.as(name).post('/api/v1/protected/delete-account', {});
    },
  },
];

const reading: Attack[] = [
  {
    entry: 'B11',
    name: 'another branch of a long chat',
    judge: gets(200),
    prepare: (scene) => {
      const { chat, otherBranch } = scene.seeded.long;
      const body = (index: number) =>
        JSON.stringify({ messageId: index % 2 === 0 ? otherBranch : `${chat}-000001` });
      const headers = { 'content-type': 'application/json' };
      return (index) =>
        owner(scene).send(`/api/v1/chats/${chat}/branch`, { method: 'PUT', headers, body: body(index) });
    },
  },
  {
    entry: 'B11',
    name: 'the page of a long chat',
    judge: gets(200),
    prepare: (scene) => () => owner(scene).send(`/chat/${scene.seeded.long.chat}`),
  },
  {
    entry: 'B10',
    name: 'a search for a word of every message',
    judge: gets(200),
    prepare: (scene) => () => owner(scene).send('/api/v1/chats?search=sentence'),
  },
  {
    entry: 'B10',
    name: 'a search for 100 beginnings of a word',
    judge: gets(200),
    prepare: (scene) => () => owner(scene).send(`/api/v1/chats?search=${'a+s+'.repeat(50).slice(0, 199)}`),
  },
  {
    entry: 'B10',
    name: 'a member while other members read nothing of 12 exports',
    isLong,
    rounds: [{ count: 20, atOnce: 4 }],
    judge: onlyStatuses((status) => status === 200),
    prepare: (scene) => {
      // An account may export ten times a minute.
      const exporters = scene.seeded.deletable.map(({ owner: name }) => scene.as(name));
      const unread = Array.from({ length: 12 }, (_, at) =>
        (exporters[at % exporters.length] ?? owner(scene)).hold('/api/v1/protected/export', 3_000),
      );
      const member = scene.member();
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
    prepare: (scene) => () => askIn(owner(scene), scene.seeded.long.chat, ['And?']),
  },
  {
    entry: 'B10',
    name: 'the audit trail and usage, 300 times',
    isLong,
    rounds: [{ count: 300, atOnce: 20 }],
    judge: gets(200),
    prepare: (scene) => (index) =>
      owner(scene).send(index % 2 === 0 ? '/api/v1/protected/audit?limit=100' : '/api/v1/protected/usage'),
  },
];

/** Entries B10 to B12: statements that grow with what somebody owns. */
export const database: readonly Attack[] = [...reading, ...disposing];
