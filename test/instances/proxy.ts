import { setTimeout as pause } from 'node:timers/promises';
import { type Account, signUp } from '#test/client';
import { postgresOn } from '#test/crash/databases';
import { freePort } from '#test/listen';
import { startProviderServer } from '#test/provider-server';
import { type RunningServer, startServer } from '#test/server';
import { type HaProxy, haproxyVersion, startHaproxy } from './haproxy.ts';
import { type Tally, WORD_MS, WORDS } from './load.ts';
import type { Part } from './part.ts';
import { audit, describe, restart, restartAll, underLoad } from './rolling.ts';

const INSTANCES = 3;
const ASKERS = 4;
const ROUNDS = 3;
/** The time of steady load, in milliseconds. */
const STEADY_MS = 600_000;
/**
 * Restarts instances in turn behind HAProxy, which sends no request twice, while clients call. No call may fail. In the
 * long form, also checks that a `DRAIN_MS` that is too short is noticed.
 */
export const proxy: Part = async ({ server, isShort, report }) => {
  const version = haproxyVersion();
  if (version === undefined) throw new Error('HAProxy is not installed: apt-get install haproxy');
  const backend = await postgresOn(server);
  const provider = await startProviderServer();
  const settings = {
    ...backend.settings,
    AI_MODEL: `openai-compatible/count-${WORDS}x${WORD_MS}`,
    AI_BASE_URL: provider.url,
    TRUST_PROXY: 'true',
  };
  const ports: number[] = [];
  while (ports.length < INSTANCES) ports.push(await freePort());
  const instances: RunningServer[] = [];
  let haproxy: HaProxy | undefined;
  const tallies: Tally[] = [];
  try {
    // The first one migrates the database, and its secrets are those of all.
    for (const port of ports) instances.push(await startServer({ ...settings, PORT: String(port) }));
    haproxy = await startHaproxy(ports);
    const { url } = haproxy;
    const fleet = { haproxy, instances };
    const people: Account[] = [];
    while (people.length < ASKERS) people.push(await signUp(url));

    const measure = async (what: string, work: () => Promise<void>): Promise<void> => {
      const { tally, ms } = await underLoad(url, people, work);
      tallies.push(tally);
      report(`${what}: ${describe(tally, ms)}`);
      if (tally.failed > 0) throw new Error(`${what}: calls failed:\n${tally.failures.join('\n')}`);
    };

    if (isShort) await measure('each instance restarted at once', () => restartAll(fleet, true));
    else {
      report(`HAProxy ${version}, retries 0, no option redispatch, http-reuse always`);
      for (let round = 1; round <= ROUNDS; round++)
        await measure(`restarted in turn, round ${round}`, () => restartAll(fleet));
      await measure('restarted in turn, at once', () => restartAll(fleet, true));
      await measure('steady load', () => pause(STEADY_MS));
    }
    const database = await backend.open();
    try {
      report(await audit(database, tallies));
    } finally {
      await database.close();
    }
    if (isShort) return;

    // Without a pause, the proxy sends requests to an instance that is gone. A test that does not notice has no value.
    await restart(fleet, 0, { settings: { DRAIN_MS: '0' } });
    const { tally, ms } = await underLoad(url, people, () => restart(fleet, 0));
    report(`one instance restarted with DRAIN_MS=0: ${describe(tally, ms)}`);
    if (tally.failed === 0) throw new Error('no call has failed with DRAIN_MS=0');
  } finally {
    await haproxy?.stop();
    for (const instance of instances) await instance.kill9();
    await provider.close();
    await backend.drop();
  }
};
