import { setTimeout as pause } from 'node:timers/promises';
import { inspect } from 'node:util';
import { type Account, signInAsGuest } from '#test/client';
import { startProviderServer } from '#test/provider-server';
import { audit, type Figures } from './audit.ts';
import type { Client } from './calls.ts';
import { type Conversation, converse } from './conversation.ts';
import type { Backend } from './databases.ts';
import { type Instances, startInstances } from './instances.ts';
import { startProxy } from './proxy.ts';
import type { Random } from './random.ts';
import { createRecording, type Recording } from './record.ts';

/** The number of answers in progress at the same time. */
const ANSWERS = 20;
/** The answer of the model: the number of words, and the pause before each in milliseconds. */
const WORDS = 100;
const WORD_MS = 30;
/** The longest pause before a kill, in milliseconds. */
const CALM_MS = 3_000;
/** The longest time a kill waits for a question to be sent, in milliseconds. */
const ASKING_LIMIT_MS = 15_000;
/**
 * The time after a kill in which all runs of the killed instance must end, in milliseconds. It includes reopening an
 * embedded database.
 */
const RECOVERY_MS = 20_000;
/** The time until readers receive the end of a run, in milliseconds. */
const DELIVERY_MS = 1_000;
/** The time without an event after which a user switches to another chat, in milliseconds. */
const STALLED_MS = 4_000;
/** The maximum number of conversations, including those that were left. */
const HELD = 2 * ANSWERS;

/** The result of a stress run: figures and violations. */
export interface Outcome {
  figures: Figures;
  violations: string[];
}

/** Starts instances on a database, writes and reads answers while it kills instances, and checks the result. */
export async function stressRun(backend: Backend, kills: number, random: Random): Promise<Outcome> {
  const recording = createRecording();
  const { violations } = recording;
  const provider = await startProviderServer();
  const model = `openai-compatible/count-${WORDS}x${WORD_MS}`;
  const settings = {
    ...backend.settings,
    AI_MODEL: model,
    AI_BASE_URL: provider.url,
    AUTH_RATE_LIMIT: '100000',
    GUEST_RATE_LIMIT: '100000',
    RATE_LIMIT: '0',
    // All guests have the same IP address here.
    AI_ANSWERS_PER_ADDRESS: '10000',
    MAX_STREAMS_PER_ADDRESS: '1000000',
  };
  const instances = await startInstances(backend.instances, settings, random.fork(), (fault) =>
    violations.push(fault),
  );
  const proxy = instances.urls.length > 1 ? await startProxy(instances.urls) : null;
  try {
    await instances.ready();
    const people = await Promise.all(
      Array.from({ length: ANSWERS }, () => signInAsGuest(random.pick(instances.urls))),
    );
    const origins = proxy ? [proxy.url, proxy.url, proxy.url, ...instances.urls] : instances.urls;
    await runConversations({ instances, origins, people, recording, kills, random });
  } finally {
    await instances.stop();
    await proxy?.close();
    await provider.close();
  }
  const database = await backend.open();
  try {
    const figures = await audit(database, recording, WORDS, instances.logs());
    return { figures, violations };
  } finally {
    await database.close();
  }
}

interface StressOptions {
  instances: Instances;
  /** The origins of which clients pick one for each request. */
  origins: string[];
  people: Account[];
  recording: Recording;
  kills: number;
  random: Random;
}

/** Runs conversations while instances are killed, until all questions are answered. */
async function runConversations({
  instances,
  origins,
  people,
  recording,
  kills,
  random,
}: StressOptions): Promise<void> {
  let open = true;
  let asking = Promise.withResolvers<null>();
  const state = {
    answerMs: WORDS * WORD_MS,
    isOpen: () => open,
    onAsking() {
      asking.resolve(null);
      asking = Promise.withResolvers();
    },
  };
  const held = new Set<Conversation>();
  /** True if an answer may have to wait for the lease of its killed owner while other instances serve. */
  const mayStall = instances.urls.length > 1;

  function begin({ headers }: Account, name: string, own: Random): Conversation {
    const place = own.fork();
    const client: Client = { headers, origins: () => place.pick(origins), recording };
    const conversation = converse(client, state, name, own);
    conversation.done = conversation.done
      .catch((error: unknown) => {
        recording.violations.push(`${name}: ${inspect(error)}`);
      })
      .finally(() => held.delete(conversation));
    held.add(conversation);
    return conversation;
  }

  /** Keeps one answer of a user in progress. If it stalls, continues in another chat. */
  async function keepAsking(person: Account, seat: number, own: Random): Promise<void> {
    for (let count = 1; state.isOpen(); count++) {
      const conversation = begin(person, `${seat}-${count}`, own.fork());
      const isStalled = () => performance.now() - conversation.lastShown > STALLED_MS && held.size < HELD;
      while (state.isOpen() && held.has(conversation) && !(mayStall && isStalled())) {
        await Promise.race([conversation.done, pause(500)]);
      }
    }
  }

  const seats = people.map((person, seat) => keepAsking(person, seat, random.fork()));
  while (recording.kills.length < kills) {
    // The other kills may happen while an instance is starting.
    if (random.chance(0.6)) await instances.ready();
    await pause(random.between(0, CALM_MS));
    if (random.chance(0.5)) {
      // Half of the kills happen while a question is being sent.
      await Promise.race([asking.promise, pause(ASKING_LIMIT_MS)]);
      await pause(random.between(0, 20));
    }
    const index = Math.floor(random.between(0, instances.urls.length));
    const kill = { at: performance.now(), witnessed: instances.hasWitness(index) };
    if (instances.kill9(index)) recording.kills.push(kill);
  }
  open = false;
  if (!mayStall) await instances.ready();
  await Promise.race([Promise.all([...held].map(({ done }) => done)), pause(RECOVERY_MS + DELIVERY_MS)]);
  if (held.size > 0)
    recording.violations.push(`${held.size} answers have not ended ${RECOVERY_MS} ms after the last kill`);
  await Promise.all([...seats, ...[...held].map(({ done }) => done)]);
}
