import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { z } from 'zod';
import { describeState, readState, type State, toolNames, writeState } from '#layer/cli/diff/index';
import { createApi } from '#layer/index';
import { appRouter } from '#routers/index';
import { clientTypes } from '../client-types/index.ts';
import { projectManifest } from '../compile-package.ts';
import { openApiDocument } from '../openapi-document.ts';
import {
  CHANGELOG,
  hasVersion,
  RELEASED_STATE,
  releasedChangelog,
  undeclaredBreaks,
  withoutTexts,
} from './changes.ts';

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
 * package.json. @throws {Error} if something breaks callers and is not in the changelog, or if the version is not new.
 */
export async function prepareRelease(): Promise<void> {
  const { version } = projectManifest();
  const changelog = releasedChangelog(read(CHANGELOG), version, new Date().toISOString().slice(0, 10));
  const text = await stateText();
  const breaks = undeclaredBreaks(read(RELEASED_STATE), readState(text, 'The present state'), {
    changelog: read(CHANGELOG),
    folder: ROOT,
  });
  if (breaks.length > 0) throw new Error(breaks.join('\n'));
  writeFileSync(join(ROOT, RELEASED_STATE), text);
  writeFileSync(join(ROOT, CHANGELOG), changelog);
}

/** Returns what is missing for a release of the version in package.json. */
export async function preparationFaults(): Promise<string[]> {
  const { version } = projectManifest();
  if (hasVersion(read(CHANGELOG), version) && read(RELEASED_STATE) === (await stateText())) return [];
  return [`Version ${version} is not prepared: run npm run release -- --prepare, and commit what it writes.`];
}
