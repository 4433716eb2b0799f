import { z } from 'zod';
import type { Moved } from '#server/backup/move';
import { sentenceOf } from '#server/maintenance/switch';
import { databaseUrl } from '#server/settings/database';
import { secretsFile } from '#server/secrets/secrets';
import { DAY_MS, withBackups } from './backup.ts';
import { CommandError, defineOfflineCommand, type OfflineContext } from './command.ts';
import { enter, recordCommand, switchTo, Wait, waitOption } from './maintenance.ts';

/** Prints what was moved, and what to do next. */
async function report({ env, print }: OfflineContext, moved: Moved): Promise<void> {
  await print(`Copied ${moved.rows} rows of ${moved.tables} tables to ${moved.to}, and compared each table.`);
  const others = env.DATABASE_DIRECT_URL === undefined ? '' : ', remove or change DATABASE_DIRECT_URL';
  await print(
    moved.isServed
      ? `All servers stay in maintenance mode, so that nothing is lost. Set DATABASE_URL to the new database${others}, and restart them. To stay with the old one, run maintenance off.`
      : `Set DATABASE_URL to the new database${others}, and start the server.`,
  );
  const generated = (['AUTH_SECRET', 'ENCRYPTION_KEY'] as const).filter((name) => env[name] === undefined);
  if (generated.length > 0) {
    await print(
      `${generated.join(' and ')} were generated in ${secretsFile(env)}. Keep that file in DATA_DIR of the server, or set them from it on all instances.`,
    );
  }
  const state = moved.isServed ? 'has everything, too' : 'is unchanged';
  await print(`The old database (${moved.from}) ${state}. Delete it when the server runs on the new one.`);
}

const move = defineOfflineCommand({
  name: 'move',
  summary: 'copies the database into another one; servers that run stay in maintenance mode',
  options: {
    to: { type: 'string', value: 'url', help: 'the new DATABASE_URL: postgres://… or file:PATH' },
    ...waitOption,
  },
  limitMs: DAY_MS,
  input: z.strictObject({ to: databaseUrl, wait: Wait }),
  run: (context, { to, wait }) =>
    withBackups(async () => {
      const { moveDatabase } = await import('#server/backup/move');
      const { env, log, signal } = context;
      await report(context, await moveDatabase({ env, log, to, signal, waitMs: wait * 1000 }));
    }),
  runServed: (context, { to, wait }) =>
    withBackups(async () => {
      const { moveServed } = await import('#server/backup/move');
      const wasOn = context.maintenance?.isOn() ?? false;
      const moved = await moveServed(
        { ...context, to },
        {
          async enter() {
            await recordCommand(context, 'maintenance.on');
            const left = sentenceOf(await enter(context, wait));
            if (left !== undefined) throw new CommandError(`Nothing was moved, because ${left}.`);
          },
          async leave() {
            if (wasOn) return;
            await switchTo(context, false);
            await recordCommand(context, 'maintenance.off');
          },
        },
      );
      await report(context, moved);
    }),
});

export const moveCommands = [move];
