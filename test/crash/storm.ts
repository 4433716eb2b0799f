import { setTimeout as pause } from 'node:timers/promises';
import { inspect } from 'node:util';
import { type Account, beGuest } from '#test/client';
import { startProviderServer } from '#test/provider-server';
import { audit, type Figures } from './audit.ts';
import type { Client } from './calls.ts';
import { type Conversation, converse } from './conversation.ts';
import type { Ground } from './databases.ts';
import { type Instances, startInstances } from './instances.ts';
import { startProxy } from './proxy.ts';
import type { Random } from './random.ts';
import { createRecording, type Recording } from './record.ts';

/** How many answers are being written at once. */
const ANSWERS = 20;
/** The model: so many words, and so many milliseconds before each. */
const WORDS = 100;
const WORD_MS = 30;
/** The longest pause before a kill, in milliseconds. */
const CALM_MS = 3_000;
/** How long a kill waits for somebody to ask, in milliseconds. */
const ASKING_LIMIT_MS = 15_000;
/** How long after a kill every run of the killed instance has ended, in milliseconds; an embedded database has to be open again. */
const RECOVERY_MS = 20_000;
/** How much later a reader knows. */
const TOLD_MS = 1_000;
/** After how long without an event a person leaves a chat alone for a while. */
const STALLED_MS = 4_000;
/** How many conversations there may be with those that are left alone. */
const HELD = 2 * ANSWERS;

/** What is left of a storm: figures, and everything that went wrong in it. */
export interface Outcome {
  figures: Figures;
  violations: string[];
}

/** Starts instances on a database, has answers written and read there while instances are killed, and checks what is left. */
export async function storm(ground: Ground, kills: number, random: Random): Promise<Outcome> {
  const recording = createRecording();
  const { violations } = recording;
  const provider = await startProviderServer();
  const model = `openai-compatible/count-${WORDS}x${WORD_MS}`;
  const settings = {
    ...ground.settings,
    AI_MODEL: model,
    AI_BASE_URL: provider.url,
    AUTH_RATE_LIMIT: '100000',
    GUEST_RATE_LIMIT: '100000',
    RATE_LIMIT: '0',
    // All guests are of one address here.
    AI_ANSWERS_PER_ADDRESS: '10000',
    MAX_STREAMS_PER_ADDRESS: '1000000',
  };
  const instances = await startInstances(ground.instances, settings, random.fork(), (fault) =>
    violations.push(fault),
  );
  const proxy = instances.urls.length > 1 ? await startProxy(instances.urls) : null;
  try {
    await instances.ready();
    const people = await Promise.all(
      Array.from({ length: ANSWERS }, () => beGuest(random.pick(instances.urls))),
    );
    const origins = proxy ? [proxy.url, proxy.url, proxy.url, ...instances.urls] : instances.urls;
    await rage({ instances, origins, people, recording, kills, random });
  } finally {
    await instances.stop();
    await proxy?.close();
    await provider.close();
  }
  const database = await ground.open();
  try {
    const figures = await audit(database, recording, WORDS, instances.logs());
    return { figures, violations };
  } finally {
    await database.close();
  }
}

interface Scene {
  instances: Instances;
  /** Where clients go, each time to one of these. */
  origins: string[];
  people: Account[];
  recording: Recording;
  kills: number;
  random: Random;
}

/** Holds conversations while instances are killed, until all that was asked has been answered. */
async function rage({ instances, origins, people, recording, kills, random }: Scene): Promise<void> {
  let open = true;
  let asking = Promise.withResolvers<null>();
  const weather = {
    answerMs: WORDS * WORD_MS,
    isOpen: () => open,
    onAsking() {
      asking.resolve(null);
      asking = Promise.withResolvers();
    },
  };
  const held = new Set<Conversation>();
  /** Whether an answer may have to wait for its killed owner's lease while other instances serve. */
  const mayStall = instances.urls.length > 1;

  function begin({ headers }: Account, name: string, own: Random): Conversation {
    const place = own.fork();
    const client: Client = { headers, origins: () => place.pick(origins), recording };
    const conversation = converse(client, weather, name, own);
    conversation.done = conversation.done
      .catch((error: unknown) => {
        recording.violations.push(`${name}: ${inspect(error)}`);
      })
      .finally(() => held.delete(conversation));
    held.add(conversation);
    return conversation;
  }

  /** Keeps one answer of a person being written: when one has to wait, in another chat. */
  async function keepAsking(person: Account, seat: number, own: Random): Promise<void> {
    for (let count = 1; weather.isOpen(); count++) {
      const conversation = begin(person, `${seat}-${count}`, own.fork());
      const isStalled = () => performance.now() - conversation.lastShown > STALLED_MS && held.size < HELD;
      while (weather.isOpen() && held.has(conversation) && !(mayStall && isStalled())) {
        await Promise.race([conversation.done, pause(500)]);
      }
    }
  }

  const seats = people.map((person, seat) => keepAsking(person, seat, random.fork()));
  while (recording.kills < kills) {
    // The other kills may come while an instance still starts.
    if (random.chance(0.6)) await instances.ready();
    await pause(random.between(0, CALM_MS));
    if (random.chance(0.5)) {
      // Half of the kills come while something is being asked.
      await Promise.race([asking.promise, pause(ASKING_LIMIT_MS)]);
      await pause(random.between(0, 20));
    }
    if (instances.kill9(Math.floor(random.between(0, instances.urls.length)))) recording.kills += 1;
  }
  open = false;
  if (!mayStall) await instances.ready();
  await Promise.race([Promise.all([...held].map(({ done }) => done)), pause(RECOVERY_MS + TOLD_MS)]);
  if (held.size > 0)
    recording.violations.push(`${held.size} answers have not ended ${RECOVERY_MS} ms after the last kill`);
  await Promise.all([...seats, ...[...held].map(({ done }) => done)]);
}
