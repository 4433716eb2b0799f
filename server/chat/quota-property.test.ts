import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { and, eq, sql } from 'drizzle-orm';
import type { Deps } from '#server/compose';
import { isBusy } from '#server/db/errors';
import { addressDays, isActive, runs, usageDays, usageModels } from '#server/db/schema/index';
import { removeDeleted } from '#server/removal';
import { until } from '#test/answers';
import { callAs, type Person, signInAsGuest, signUp, startInstance } from '#test/caller';
import fc from '#test/fast-check';
import { type Exchange, type ScriptedProvider, startScriptedProvider } from '#test/scripted-provider';
import { today } from './quota.ts';

const QUOTA = 3000;
/** Fewer than the quotas of all guests together. */
const QUOTA_OF_ADDRESS = 4000;
const SETTINGS = {
  AI_DAILY_TOKENS: String(QUOTA),
  AI_DAILY_TOKENS_PER_ADDRESS: String(QUOTA_OF_ADDRESS),
  AI_OUTPUT_TOKENS: '1200',
  AI_ANSWERS_PER_USER: '100',
  AI_ANSWERS_PER_ADDRESS: '100',
};

let provider: ScriptedProvider;
let instances: [Deps, Deps];
let people: Person[];
/** The requests that the provider has not answered yet. */
let open: Exchange[] = [];
let receiving = true;

beforeAll(async () => {
  provider = await startScriptedProvider();
  const settings = {
    ...SETTINGS,
    AI_MODEL: 'openai-compatible/scripted',
    AI_BASE_URL: provider.url,
  };
  instances = [
    await startInstance({ settings, renewMs: 20 }),
    await startInstance({ settings, renewMs: 20 }),
  ];
  const [deps] = instances;
  people = [
    await signUp(deps),
    await signUp(deps),
    await signInAsGuest(deps),
    await signInAsGuest(deps),
    await signInAsGuest(deps),
  ];
  void (async () => {
    while (receiving) open.push(await provider.next());
  })();
});

afterAll(async () => {
  receiving = false;
  await instances[1].close();
  await provider.close();
});

/** Returns the maximum of settled and reserved tokens of any user or address on any day, and all reserved tokens. */
async function maxima(): Promise<{ ofUser: number; ofAddress: number; reserved: number }> {
  const [row] = await instances[0].database.execute(sql`
    with held as (
      select user_id, address, day, reserved_input + reserved_output as tokens from runs where status = 'active'
    ), users as (
      select user_id, day, input_tokens + output_tokens as tokens from usage_days
      union all select user_id, day, tokens from held
    ), addresses as (
      select address, day, tokens from address_days
      union all select address, day, tokens from held where address is not null
    )
    select
      (select coalesce(max(tokens), 0)::int from (select sum(tokens) as tokens from users group by user_id, day) s) as "ofUser",
      (select coalesce(max(tokens), 0)::int from (select sum(tokens) as tokens from addresses group by address, day) s)
        as "ofAddress",
      (select coalesce(sum(tokens), 0)::int from held) as reserved`);
  return {
    ofUser: Number(row?.['ofUser']),
    ofAddress: Number(row?.['ofAddress']),
    reserved: Number(row?.['reserved']),
  };
}

type Step =
  | { kind: 'send'; person: number; instance: 0 | 1; length: number; isNamed: boolean }
  | { kind: 'end' | 'fail' | 'say'; which: number; share: number }
  | { kind: 'stop' | 'delete'; which: number; instance: 0 | 1 }
  | { kind: 'die'; which: number }
  | { kind: 'day' | 'remove' | 'wait' };

const natural = fc.nat(1000);
const instance = fc.constantFrom(0, 1);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('send' as const),
      person: fc.nat(4),
      instance,
      length: fc.constantFrom(1, 100, 500),
      isNamed: fc.boolean(),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom('end', 'fail', 'say'),
      which: natural,
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('stop', 'delete'), which: natural, instance }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('die' as const), which: natural }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('day', 'remove', 'wait') }) },
);

let requests = 0;

/** Returns the days whose tokens are not the sum of those of their models. */
const unlikeModels = () =>
  instances[0].database.execute(sql`
    select user_id, day, input_tokens, output_tokens from usage_days where input_tokens + output_tokens > 0
    except select user_id, day, sum(input_tokens)::bigint, sum(output_tokens)::bigint from usage_models
      group by user_id, day`);

/** Removes one item from a list and returns it. */
const draw = <T>(from: T[], which: number): T | undefined =>
  from.splice(from.length === 0 ? 0 : which % from.length, 1)[0];

/** Ends an answer like a model that respects its limit. */
function end({ finish, maxTokens = 0, messages }: Exchange, share: number): void {
  const bytes = messages.reduce((sum, { content }) => sum + String(content).length, 0);
  finish(Math.round(share * bytes), Math.round(share * maxTokens));
}

let days = 0;

/**
 * Moves all of today to an earlier day of its own, as if a new day had begun. The product never changes rows of several
 * accounts at once, so this may conflict with the lock order of other statements. Then it is retried.
 */
async function newDay(): Promise<void> {
  const move = instances[0].db.transaction(async (tx) => {
    const earlier = sql`set day = day - ${++days}::int where day = ${today}`;
    for (const table of [runs, usageDays, usageModels, addressDays])
      await tx.execute(sql`update ${table} ${earlier}`);
  });
  await move.catch((error: unknown) => {
    if (!isBusy(error)) throw error;
    return newDay();
  });
}

async function take(action: Step, chats: { id: string; person: Person }[]): Promise<void> {
  const [deps] = instances;
  switch (action.kind) {
    case 'send': {
      const person = people[action.person];
      if (!person) return;
      const api = callAs(instances[action.instance], person.headers);
      const chat = await api.chat.create(action.isNamed ? { title: 'Test' } : {});
      chats.push({ id: chat.id, person });
      const parts = [{ type: 'text' as const, text: 'x'.repeat(action.length) }];
      await api.chat.send({ chatId: chat.id, clientRequestId: `r-${++requests}`, parts });
      return;
    }
    case 'end':
    case 'fail': {
      const exchange = draw(open, action.which);
      if (action.kind === 'fail') exchange?.cut();
      else if (exchange) end(exchange, action.share);
      return;
    }
    case 'say':
      return open[action.which % Math.max(open.length, 1)]?.say(
        'word'.repeat(Math.round(action.share * 500)),
      );
    case 'stop':
    case 'delete': {
      const chat = chats[action.which % Math.max(chats.length, 1)];
      if (!chat) return;
      const { chat: api } = callAs(instances[action.instance], chat.person.headers);
      if (action.kind === 'delete') await api.delete({ id: chat.id });
      else await api.stop({ chatId: chat.id });
      return;
    }
    case 'die': {
      const active = await deps.db.select({ id: runs.id }).from(runs).where(isActive(runs));
      const run = active[action.which % Math.max(active.length, 1)];
      if (!run) return;
      await deps.db
        .update(runs)
        .set({ ownerId: 'gone', leaseExpiresAt: new Date(0) })
        .where(and(eq(runs.id, run.id), isActive(runs)));
      return;
    }
    case 'day':
      return newDay();
    case 'remove':
      return removeDeleted(deps.database);
    case 'wait':
      await pause(10);
  }
}

/** More than fit into the quota, so that some are rejected in every case. */
const MANY_SENDS = Array.from({ length: 10 }, (): Step => ({
  kind: 'send',
  person: 0,
  instance: 0,
  length: 100,
  isNamed: true,
}));
const EXPECTED = new Set(['QUOTA_EXCEEDED', 'NOT_FOUND', 'TOO_MANY_REQUESTS']);

test('settled and reserved tokens never exceed a quota and no reservation remains, for any concurrent actions', async () => {
  const counts = { started: 0, rejected: 0, full: 0 };
  const property = fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 40 }), async (steps) => {
    await newDay();
    const chats: { id: string; person: Person }[] = [];
    const doing: Promise<void>[] = [];
    for (const action of steps) {
      doing.push(
        take(action, chats).then(
          () => void (counts.started += Number(action.kind === 'send')),
          (error: unknown) => {
            const kind: unknown = error instanceof Error && 'kind' in error ? error.kind : error;
            if (!EXPECTED.has(String(kind))) throw error;
            counts.rejected += Number(kind === 'QUOTA_EXCEEDED');
          },
        ),
      );
      const { ofUser, ofAddress } = await maxima();
      expect(ofUser).toBeLessThanOrEqual(QUOTA);
      expect(ofAddress).toBeLessThanOrEqual(QUOTA_OF_ADDRESS);
      counts.full += Number(ofUser === QUOTA || ofAddress === QUOTA_OF_ADDRESS);
    }
    await Promise.all(doing);
    await until(async () => {
      for (const exchange of open.splice(0)) end(exchange, 1);
      return (await instances[0].db.$count(runs, isActive(runs))) === 0;
    });
    const { ofUser, ofAddress, reserved } = await maxima();
    expect(ofUser).toBeLessThanOrEqual(QUOTA);
    expect(ofAddress).toBeLessThanOrEqual(QUOTA_OF_ADDRESS);
    expect(reserved).toBe(0);
    expect(await unlikeModels()).toEqual([]);
  });
  await fc.assert(property, { numRuns: 9, examples: [[MANY_SENDS]], endOnFailure: true });
  // Check that the test has exercised the limits.
  expect(counts.started).toBeGreaterThan(20);
  expect(counts.rejected).toBeGreaterThan(5);
  expect(counts.full).toBeGreaterThan(0);
  open = [];
}, 120_000);
