import { z } from 'zod';
import { table, writeSection } from '../lib/document.ts';
import { describeMachine } from '../lib/machine.ts';
import { readOptions, wholeNumber, wholeNumbers } from '../lib/options.ts';
import { residentBytes } from '../lib/proc.ts';
import { pinThisProcess } from '../lib/process.ts';
import { spread } from '../lib/statistics.ts';
import { putLoad } from '../streams/load.ts';
import { type Instances, startInstances, withCpu } from '../streams/ours.ts';
import { startProvider } from '../streams/provider.ts';
import { request, submission } from '../streams/request.ts';
import { type RepeatedCall, repeat } from './calls.ts';

const Options = z.object({
  rounds: wholeNumber(1, 9999).default(3),
  instances: wholeNumbers(1, 9).default([1, 3]),
  seconds: wholeNumber(1, 600).default(8),
  answers: wholeNumber(1, 2000).default(150),
});

/** What one kind of load costs. */
interface Cost {
  perSecond: number;
  /** For calls, until the response; for deltas, until the first delta. */
  medianMs: number;
  p99Ms: number;
  /** The CPU time of all instances for each call or delta, in microseconds. */
  instancesUs: number;
  /** That of Postgres. */
  databaseUs: number;
}

const BYTES_PER_MB = 1024 ** 2;
/** How long processes are watched while nothing happens. */
const IDLE_SECONDS = 10;

/**
 * Measures what calls and answers cost, in CPU time of the instances and of Postgres, with one instance and with several.
 * @param args `--rounds 3 --instances 1,3 --seconds 8 --answers 150`
 */
export async function main(args: string[]): Promise<void> {
  const { options, given } = readOptions(Options, args);
  pinThisProcess();
  const costs = new Map<string, Map<number, Cost[]>>();
  const idle = new Map<number, Idle[]>();
  const provider = await startProvider();
  try {
    for (let round = 1; round <= options.rounds; round++) {
      for (const count of options.instances) {
        console.error(`round ${round} of ${options.rounds}: ${count} instances`);
        const instances = await startInstances(provider.baseUrl, count);
        try {
          const measured = await measureAll(instances, options);
          for (const [name, cost] of measured)
            add(
              valueOf(costs, name, () => new Map<number, Cost[]>()),
              count,
              cost,
            );
          add(idle, count, await measureIdle(instances));
        } finally {
          await instances.stop();
        }
      }
    }
  } finally {
    await provider.stop();
  }
  const text = report(costs, idle, options);
  console.log(text);
  if ([...given].every((name) => name === 'rounds')) await writeSection('Scaling', text);
}

function valueOf<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  const value = map.get(key) ?? create();
  map.set(key, value);
  return value;
}

const add = <K, V>(map: Map<K, V[]>, key: K, value: V) => void valueOf(map, key, () => []).push(value);

async function measureAll(instances: Instances, { seconds, answers }: z.output<typeof Options>) {
  const { ports, cookie, createChats } = instances;
  const [chatId = ''] = await createChats('paced', 1);
  const calls: RepeatedCall[] = [
    { name: 'RPC read, `users.me`', method: 'GET', path: '/api/trpc/users.me' },
    { name: 'REST read of a list, `GET /chats`', method: 'GET', path: '/api/v1/chats' },
    {
      name: 'REST change, `PATCH /chats/{id}`',
      method: 'PATCH',
      path: `/api/v1/chats/${chatId}`,
      body: JSON.stringify({ title: 'Bench' }),
    },
  ];
  const costs = new Map<string, Cost>();
  for (const call of calls) {
    await repeat(ports, call, cookie, 2);
    const { result, ...cpu } = await withCpu(instances, () => repeat(ports, call, cookie, seconds));
    costs.set(call.name, {
      perSecond: result.count / result.seconds,
      medianMs: result.medianMs,
      p99Ms: result.p99Ms,
      instancesUs: (cpu.instances / result.count) * 1e6,
      databaseUs: (cpu.database / result.count) * 1e6,
    });
  }
  const ask = async () => {
    const each = Math.ceil(answers / ports.length);
    const questions = await Promise.all(ports.map(() => createChats('paced', each)));
    return () =>
      Promise.all(
        ports.map((port, index) => {
          const requests = (questions[index] ?? []).map((id) =>
            request('POST', '/api/chat', [`cookie: ${cookie}`], submission(id)),
          );
          return putLoad(port, requests, requests.length);
        }),
      );
  };
  await (
    await ask()
  )();
  const { result, ...cpu } = await withCpu(instances, await ask());
  const deltas = result.reduce((sum, each) => sum + each.deltas, 0);
  costs.set('delta of an answer, `/api/chat`', {
    perSecond: deltas / Math.max(...result.map((each) => each.seconds)),
    medianMs: Math.max(...result.map(({ firstDelta }) => firstDelta.median)),
    p99Ms: Math.max(...result.map(({ firstDelta }) => firstDelta.p99)),
    instancesUs: (cpu.instances / deltas) * 1e6,
    databaseUs: (cpu.database / deltas) * 1e6,
  });
  return costs;
}

/** What instances use while nothing happens. */
interface Idle {
  /** The share of a core that one instance uses. */
  instanceCore: number;
  /** That of Postgres, for all instances together. */
  databaseCore: number;
  /** The resident memory of one instance, in MB. */
  memoryMb: number;
  /** The connections to Postgres of one instance. */
  connections: number;
}

async function measureIdle(instances: Instances): Promise<Idle> {
  const { pids, database } = instances;
  const cpu = await withCpu(
    instances,
    () => new Promise((resolve) => setTimeout(resolve, IDLE_SECONDS * 1000)),
  );
  return {
    instanceCore: cpu.instances / IDLE_SECONDS / pids.length,
    databaseCore: cpu.database / IDLE_SECONDS,
    memoryMb: pids.reduce((sum, pid) => sum + residentBytes(pid), 0) / pids.length / BYTES_PER_MB,
    connections: (await database.connections()) / pids.length,
  };
}

const whole = (value: number) => Math.round(value).toLocaleString('en');

function report(
  costs: Map<string, Map<number, Cost[]>>,
  idle: Map<number, Idle[]>,
  { rounds, answers }: z.output<typeof Options>,
): string {
  const rows = [...costs].flatMap(([name, byCount]) =>
    [...byCount].map(([count, each]) => {
      const median = (field: keyof Cost) => spread(each.map((cost) => cost[field])).median;
      const { min, max } = spread(each.map((cost) => cost.instancesUs));
      return [
        name,
        String(count),
        whole(median('perSecond')),
        median('medianMs').toFixed(1),
        median('p99Ms').toFixed(1),
        whole(median('instancesUs')),
        `${whole(min)} … ${whole(max)}`,
        whole(median('databaseUs')),
      ];
    }),
  );
  const idleRows = [...idle].map(([count, each]) => {
    const median = (field: keyof Idle) => spread(each.map((one) => one[field])).median;
    return [
      String(count),
      `${(100 * median('instanceCore')).toFixed(1)} %`,
      `${(100 * median('databaseCore')).toFixed(1)} %`,
      whole(median('memoryMb')),
      median('connections').toFixed(1),
    ];
  });
  return `\`npm run bench -- scaling\`: what calls and answers cost on one instance and on several that share a Postgres. One
user with a session calls over 24 connections, which are spread over the instances, and then asks ${answers} questions at
once, whose answers have 200 deltas, one every 10 ms. CPU times are those of all instances together, per call or delta.

${describeMachine('all instances pinned to one core, the load and the model provider to the other')} Postgres runs on the
same machine and on either core, so more instances cannot be faster here. Median of ${rounds} rounds, each with new
processes and a new database.

${table(['load', 'instances', 'per second', 'median ms', 'p99 ms', 'instances us', 'min … max', 'Postgres us'], rows)}

*Median* and *p99* are the time to the response, and for answers that to the first delta, when all questions are asked
at once.

While nothing happens, after the load:

${table(['instances', 'core, each instance', 'core, Postgres', 'MB, each instance', 'connections, each instance'], idleRows)}`;
}
