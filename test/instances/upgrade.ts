import { rmSync } from 'node:fs';
import { programVersion } from '#server/version';
import { type Account, signUp } from '#test/client';
import { postgresOn } from '#test/crash/databases';
import { freePort } from '#test/listen';
import { startProviderServer } from '#test/provider-server';
import { type RunningServer, StartError, startServer } from '#test/server';
import { type HaProxy, startHaproxy } from './haproxy.ts';
import { WORD_MS, WORDS } from './load.ts';
import type { Part } from './part.ts';
import { audit, describe, restart, underLoad } from './rolling.ts';
import { createVersion } from './versions.ts';

const ASKERS = 4;

/** What the log of an instance says if a newer version has migrated its database. */
const WARNING = 'the database was migrated by a newer version, with which this version still works';

const BREAKPOINT = '--> statement-breakpoint\n';

/** An expand step, and an index of a table that is written all the time. */
const EXPAND = [
  {
    tag: '9001_expand',
    text: `-- works with ${programVersion()}\nALTER TABLE chats ADD COLUMN color text;${BREAKPOINT}CREATE TABLE colors (name text PRIMARY KEY);`,
  },
  {
    tag: '9002_index',
    text: `-- outside transaction\n-- works with ${programVersion()}\nCREATE INDEX CONCURRENTLY messages_later_idx ON messages (user_id, created_at);`,
  },
];

/** A contract step, with which the first version does not work. */
const CONTRACT = [...EXPAND, { tag: '9003_contract', text: '-- works with 999.1.0\nDROP TABLE colors;' }];

/** Returns how many instances have the warning in their log. */
const warned = (instances: readonly RunningServer[]): number =>
  instances.filter(({ log }) => log().includes(WARNING)).length;

function expectWarned(instances: readonly RunningServer[], count: number, when: string): void {
  const found = warned(instances);
  if (found !== count) throw new Error(`${found} instances instead of ${count} have warned ${when}.`);
}

/**
 * Rolls instances behind HAProxy forward to a later version while clients call, restarts an old one in the middle, and
 * rolls all of them back. No call may fail. Then a third version takes away what the first one needs, which must refuse
 * to start.
 */
export const upgrade: Part = async ({ server, isShort, report }) => {
  const count = isShort ? 2 : 3;
  const backend = await postgresOn(server);
  const provider = await startProviderServer();
  const settings = {
    ...backend.settings,
    AI_MODEL: `openai-compatible/count-${WORDS}x${WORD_MS}`,
    AI_BASE_URL: provider.url,
    TRUST_PROXY: 'true',
  };
  const [newer, newest] = [createVersion('999.1.0', EXPAND), createVersion('999.2.0', CONTRACT)];
  const instances: RunningServer[] = [];
  let haproxy: HaProxy | undefined;
  try {
    const ports: number[] = [];
    while (ports.length < count) ports.push(await freePort());
    for (const port of ports) instances.push(await startServer({ ...settings, PORT: String(port) }));
    haproxy = await startHaproxy(ports);
    const fleet = { haproxy, instances };
    const people: Account[] = [];
    while (people.length < ASKERS) people.push(await signUp(haproxy.url));

    const { tally, ms } = await underLoad(haproxy.url, people, async () => {
      await restart(fleet, 0, { isHurried: true, root: newer });
      // The last one is still old, and is restarted as it is.
      await restart(fleet, count - 1, { isHurried: true });
      expectWarned(instances, 1, 'in the middle');
      for (let index = 1; index < count; index++)
        await restart(fleet, index, { isHurried: true, root: newer });
      expectWarned(instances, 0, 'after the upgrade');
      for (let index = 0; index < count; index++) await restart(fleet, index, { isHurried: true });
      expectWarned(instances, count, 'after going back');
    });
    report(
      `${count} instances upgraded, one restarted in the middle, and all rolled back: ${describe(tally, ms)}`,
    );
    if (tally.failed > 0) throw new Error(`calls failed:\n${tally.failures.join('\n')}`);
    const database = await backend.open();
    report(await audit(database, [tally]).finally(() => database.close()));

    await restart(fleet, 0, { isHurried: true, root: newest });
    const old = { ...settings, PORT: '0' };
    const error: unknown = await startServer(old).catch((reason: unknown) => reason);
    if (!(error instanceof StartError))
      throw new Error('The first version has started on a database that it does not work with.', {
        cause: error,
      });
    if (!/migrated by a newer version of .*, and needs version 999\.1\.0 or later\./.test(error.output))
      throw error;
    report(`the first version on the contracted database: ${error.output.trim()}`);
  } finally {
    await haproxy?.stop();
    for (const instance of instances) await instance.kill9();
    await provider.close();
    await backend.drop();
    for (const root of [newer, newest]) rmSync(root, { recursive: true, force: true });
  }
};
