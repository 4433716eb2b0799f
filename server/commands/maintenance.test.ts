import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'drizzle-orm';
import type { Database } from '#server/db/database';
import { openPostgres } from '#server/db/postgres';
import { openPglite } from '#server/db/pglite';
import { databaseLocation } from '#server/db/folder';
import { parseEnv } from '#server/env';
import type { Deps } from '#server/compose';
import { runAdmin } from '#test/admin';
import { failureOf, signUp, startInstance } from '#test/caller';
import { until } from '#test/client';
import { withCopySession } from '#test/copy-session';
import { installations, isPostgres, type Settings } from '#test/installation';
import { silent } from '#test/logs';

const { root, create } = installations('maintenance');
afterAll(() => {
  rmSync(root, { recursive: true });
});

function open(settings: Settings): Promise<Database> {
  const location = databaseLocation(parseEnv(settings));
  if ('folder' in location) return openPglite(location.folder, silent);
  return Promise.resolve(openPostgres(location.url, 4, silent));
}

const start = (settings: Settings): Promise<Deps> =>
  startInstance({ settings, database: () => open(settings) });

const isOn = ({ maintenance }: Deps) => maintenance.isOn();

const switchedWithout = (settings: Settings) =>
  withCopySession(parseEnv(settings), ({ rows }) =>
    rows(`insert into installation (fact, value) values ('maintenance', 'on')
      on conflict (fact) do update set value = 'on', created_at = now()`),
  );

test('without a server, the next start is in maintenance mode', async () => {
  const settings = await create('migrated');
  expect(await runAdmin(settings, 'maintenance', 'on')).toEqual({
    code: 0,
    out: 'Maintenance mode is on: reading works, and changes are rejected.\n',
    err: '',
  });
  const deps = await start(settings);
  expect(isOn(deps)).toBe(true);
  await deps.close();
  const { out } = await runAdmin(settings, 'maintenance', 'status');
  expect(out).toMatch(/^maintenance mode: on\nlast switched: \d{4}-\S+Z\nanswers in progress: 0\n/);
  expect(await runAdmin(settings, 'maintenance', 'off')).toMatchObject({
    code: 0,
    out: 'Maintenance mode is off.\n',
  });
  const next = await start(settings);
  expect(isOn(next)).toBe(false);
  await next.close();
}, 180_000);

test('a server that is set to maintenance mode leaves it by a switch, and is in it again after a restart', async () => {
  const settings = { ...(await create('migrated')), MAINTENANCE: '1' };
  const deps = await start(settings);
  const ada = await signUp(deps);
  expect(await failureOf(ada.api.chat.create({ title: 'x' }))).toBe('MAINTENANCE');
  await deps.database.execute(sql`insert into installation (fact, value) values ('maintenance', 'off')`);
  await deps.maintenance.refresh();
  await ada.api.chat.create({ title: 'x' });
  await deps.close();
  const next = await start(settings);
  expect(isOn(next)).toBe(true);
  await next.close();
}, 180_000);

test('a database without tables cannot be switched', async () => {
  expect(await runAdmin(await create('empty'), 'maintenance', 'on')).toMatchObject({
    code: 1,
    err: expect.stringContaining('The database has no tables yet. Start the server first.'),
  });
});

(isPostgres ? describe : describe.skip)('with two instances on Postgres', () => {
  let settings: Settings;
  let instances: [Deps, Deps];
  beforeAll(async () => {
    settings = await create('migrated');
    instances = [await start(settings), await start(settings)];
  });
  afterAll(async () => {
    for (const instance of instances) await instance.close();
  });

  test('both follow a switch, and the command returns when both change nothing any more', async () => {
    const [first, second] = instances;
    const ada = await signUp(first);
    expect(await runAdmin(settings, 'maintenance', 'on')).toMatchObject({ code: 0, err: '' });
    expect(instances.map(isOn)).toEqual([true, true]);
    expect(await failureOf(ada.api.chat.create({ title: 'x' }))).toBe('MAINTENANCE');
    const { out } = await runAdmin(settings, 'maintenance', 'status');
    expect(out).toContain('servers in maintenance mode that change nothing: 2\nother servers: 0\n');

    expect(await runAdmin(settings, 'maintenance', 'off')).toMatchObject({ code: 0, err: '' });
    await until(
      () => Promise.resolve(instances.map(isOn)),
      (states) => !states.includes(true),
    );
    await ada.api.chat.create({ title: 'x' });
    expect(second.maintenance.isQuiet()).toBe(false);
  });

  test('both follow if the notification was lost', async () => {
    await switchedWithout(settings);
    await until(
      () => Promise.resolve(instances.map(isOn)),
      (states) => !states.includes(false),
    );
    await runAdmin(settings, 'maintenance', 'off');
  });

  test('the command says that an instance still makes a change', async () => {
    const [first] = instances;
    const change = Promise.withResolvers<void>();
    const writing = Promise.resolve(first.maintenance.write(() => change.promise));
    const late = await runAdmin(settings, 'maintenance', 'on', '--wait', '1');
    expect(late).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^Maintenance mode is on, but 1 server still makes changes, or has not /),
    });
    change.resolve();
    await writing;
    expect(await runAdmin(settings, 'maintenance', 'on')).toMatchObject({ code: 0 });
    await runAdmin(settings, 'maintenance', 'off');
  });
});
