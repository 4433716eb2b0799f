/** npm run check:drift: fails if a generated file is out of date, or if a change breaks callers without notice. */
import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { generateDrizzleJson, generateMigration } from 'drizzle-kit/api';
import { z } from 'zod';
import { MIGRATIONS } from '#server/db/migrations';
import * as schema from '#server/db/schema/index';
import { clientTypes } from './client-types/index.ts';
import { errorsDocument } from './errors-document.ts';
import { openApiDocument } from './openapi-document.ts';
import { breaksSinceRelease, migrationsSinceRelease } from './release/state.ts';
import { sdkFiles } from './sdk/files.ts';
import { settingsDocuments } from './settings-documents.ts';
import { trialScript } from './trial-script.ts';

const Snapshot = z.looseObject({ id: z.string() });
const Journal = z.object({ entries: z.array(z.object({ idx: z.number() })).min(1) });

/** Returns the statements of a new migration, which are none if the committed migrations create the current schema. */
async function missingMigration(): Promise<string[]> {
  const meta = (name: string): unknown => JSON.parse(readFileSync(join(MIGRATIONS, 'meta', name), 'utf8'));
  const last = Math.max(...Journal.parse(meta('_journal.json')).entries.map(({ idx }) => idx));
  const committed = Snapshot.parse(meta(`${String(last).padStart(4, '0')}_snapshot.json`));
  return generateMigration(committed, generateDrizzleJson(schema, committed.id, undefined, 'snake_case'));
}

const [document, types] = [openApiDocument(), await clientTypes()];
const generated = [
  { from: 'the settings', by: 'env:example', files: settingsDocuments() },
  { from: 'the procedures', by: 'openapi', files: [document] },
  { from: 'the error catalog', by: 'openapi', files: [errorsDocument()] },
  { from: 'the procedures', by: 'types', files: [types] },
  { from: 'src/sdk/openapi.json', by: 'sdk', files: await sdkFiles() },
  { from: 'src/layer/reference/browser', by: 'trial', files: [trialScript()] },
];
let drifted = 0;
for (const { from, by, files } of generated) {
  for (const { path, text } of files) {
    if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
    drifted += 1;
    console.error(`${relative(process.cwd(), path)} differs from ${from}: run npm run ${by}.`);
  }
}

const statements = await missingMigration();
if (statements.length > 0) {
  console.error(
    `The migrations do not create the schema of server/db/schema/index.ts. Run npm run db:generate for\n${statements.join('\n')}`,
  );
}

const breaks = await breaksSinceRelease({ document: document.text, declaration: types.text });
for (const sentence of breaks) console.error(sentence);

const faults = await migrationsSinceRelease();
for (const sentence of faults) console.error(sentence);

if (drifted + statements.length + breaks.length + faults.length > 0) process.exitCode = 1;
else {
  console.log(
    'Settings and procedures are documented, the SDK is generated, migrations are complete and breaks are declared.',
  );
}
