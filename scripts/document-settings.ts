/** npm run env:example: writes .env.example and docs/configuration.md from the schema of server/env.ts. */
import { writeFileSync } from 'node:fs';
import { settingsDocuments } from './settings-documents.ts';

for (const { path, text } of settingsDocuments()) {
  writeFileSync(path, text);
  console.log(path);
}
