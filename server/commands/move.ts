import { z } from 'zod';
import { databaseUrl } from '#server/settings/database';
import { secretsFile } from '#server/secrets/secrets';
import { DAY_MS, withBackups } from './backup.ts';
import { defineOfflineCommand } from './command.ts';

const move = defineOfflineCommand({
  name: 'move',
  summary: 'copies the database into another one, embedded or Postgres; stop the server first',
  options: {
    to: { type: 'string', value: 'url', help: 'the new DATABASE_URL: postgres://… or file:PATH' },
  },
  limitMs: DAY_MS,
  input: z.strictObject({ to: databaseUrl }),
  run: ({ env, log, print, signal }, { to }) =>
    withBackups(async () => {
      const { moveDatabase } = await import('#server/backup/move');
      const moved = await moveDatabase({ env, log, to, signal });
      await print(
        `Copied ${moved.rows} rows of ${moved.tables} tables to ${moved.to}, and compared each table.`,
      );
      const others = env.DATABASE_DIRECT_URL === undefined ? '' : ', remove or change DATABASE_DIRECT_URL';
      await print(`Set DATABASE_URL to the new database${others}, and start the server.`);
      const generated = (['AUTH_SECRET', 'ENCRYPTION_KEY'] as const).filter(
        (name) => env[name] === undefined,
      );
      if (generated.length > 0) {
        await print(
          `${generated.join(' and ')} were generated in ${secretsFile(env)}. Keep that file in DATA_DIR of the server, or set them from it on all instances.`,
        );
      }
      await print(
        `The old database (${moved.from}) is unchanged. Delete it when the server runs on the new one.`,
      );
    }),
});

export const moveCommands = [move];
