import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { z } from 'zod';
import { describeState, readState, type State, toolNames, writeState } from '#layer/cli/diff/index';
import { createApi } from '#layer/index';
import { appRouter } from '#routers/index';
import { readMigrations } from '#server/db/migrations';
import { clientTypes } from '../client-types/index.ts';
import { projectManifest } from '../compile-package.ts';
import { openApiDocument } from '../openapi-document.ts';
import {
  CHANGELOG,
  hasVersion,
  RELEASED_STATE,
  releasedChangelog,
  releasedVersions,
  undeclaredBreaks,
  withoutTexts,
} from './changes.ts';
import { fixtureName, hasFixture, schemasOf, writeFixture } from './fixtures.ts';
import { migrationFaults } from './migrations.ts';

const ROOT = join(import.meta.dirname, '../..');
const Document = z.record(z.string(), z.unknown());

const read = (name: string): string => readFileSync(join(ROOT, name), 'utf8');

/**
 * Returns the present state of our router: all that callers depend on.
 * @param generated the texts of the OpenAPI document and the declaration.
 */
async function stateOf(generated: { document: string; declaration: string }): Promise<State> {
  const api = createApi({
    router: appRouter,
    createContext(): never {
      throw new Error('Nothing is called.');
    },
    warn: () => undefined,
  });
  const described = describeState({
    procedures: await api.procedures(),
    document: Document.parse(JSON.parse(generated.document)),
    declaration: generated.declaration,
    tools: toolNames(appRouter, () => undefined),
  });
  return readState(writeState(described), 'The present state');
}

/**
 * Returns sentences about what breaks callers of the last release and is not in the changelog.
 * @param generated the texts of the OpenAPI document and the declaration.
 */
export async function breaksSinceRelease(generated: {
  document: string;
  declaration: string;
}): Promise<string[]> {
  return undeclaredBreaks(read(RELEASED_STATE), await stateOf(generated), {
    changelog: read(CHANGELOG),
    folder: ROOT,
  });
}

/** Returns sentences about migrations with which no rolling upgrade from a release is possible. */
export async function migrationsSinceRelease(): Promise<string[]> {
  const versions = releasedVersions(read(CHANGELOG));
  const schemas = await schemasOf(versions);
  return migrationFaults(readMigrations(), {
    versions,
    current: projectManifest().version,
    schemaOf: (version) => schemas.get(version),
  });
}

/** Returns the text of the file with the state of a release. */
async function stateText(): Promise<string> {
  const generated = { document: openApiDocument().text, declaration: (await clientTypes()).text };
  const path = join(ROOT, RELEASED_STATE);
  const state = withoutTexts(JSON.parse(writeState(await stateOf(generated))));
  // Prettier keeps short objects on one line.
  return format(JSON.stringify(state), { ...(await resolveConfig(path)), parser: 'json' });
}

/**
 * Makes the present state that of the last release, and the first section of the changelog that of the version in
 * package.json, and records the database of this version.
 * @returns the names of the files that it has written.
 * @throws {Error} if something breaks callers and is not in the changelog, or if the version is not new.
 */
export async function prepareRelease(): Promise<string[]> {
  const { version } = projectManifest();
  const changelog = releasedChangelog(read(CHANGELOG), version, new Date().toISOString().slice(0, 10));
  const text = await stateText();
  const breaks = undeclaredBreaks(read(RELEASED_STATE), readState(text, 'The present state'), {
    changelog: read(CHANGELOG),
    folder: ROOT,
  });
  breaks.push(...(await migrationsSinceRelease()));
  if (breaks.length > 0) throw new Error(breaks.join('\n'));
  writeFixture(version);
  writeFileSync(join(ROOT, RELEASED_STATE), text);
  writeFileSync(join(ROOT, CHANGELOG), changelog);
  return [CHANGELOG, RELEASED_STATE, fixtureName(version)];
}

/** Returns what is missing for a release of the version in package.json. */
export async function preparationFaults(): Promise<string[]> {
  const { version } = projectManifest();
  const isPrepared =
    hasVersion(read(CHANGELOG), version) &&
    (await hasFixture(version)) &&
    read(RELEASED_STATE) === (await stateText());
  if (isPrepared) return [];
  return [`Version ${version} is not prepared: run npm run release -- --prepare, and commit what it writes.`];
}
