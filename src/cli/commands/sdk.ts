import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { toCase } from '@hey-api/openapi-ts';
import { type ClientManifest, Document, generateClient, writeClientPackage } from '#layer/cli/index';
import type { Command } from '../arguments.ts';
import { requireOwnFolder } from '../own-folder.ts';
import { asProblem, Problem } from '../problem.ts';
import { shown } from '../router/failure.ts';
import { loadApi, NO_ENDPOINT } from './api.ts';

/** The first line of each source, by which a folder is recognized as one that can be written again. */
const HEADER = '// Generated from the OpenAPI document of the API. Do not edit.';
const SOURCES = 'src';
const COMPILED = 'dist';

/**
 * Writes the package of a client: its sources in `src`, and compiled modules with their manifest in `dist`.
 * @returns a report of what was written.
 * @throws {Problem} if the folder has other files, or naming what the client cannot have.
 */
export async function sdk(command: Command): Promise<string> {
  const { out = '', name: given = '', 'key-prefix': keyPrefix = '', package: named } = command.options;
  if (!/^[A-Za-z][\w -]*$/.test(given)) {
    throw new Problem(`--name must begin with a letter and have letters, digits, - or _, not ${given}.`, 2);
  }
  const name = toCase(given, 'PascalCase');
  const packageName = named ?? `${toCase(given, 'snake_case').replaceAll('_', '-')}-sdk`;
  const folder = resolve(out);
  requireOwnFolder(folder, () => isWritten(folder), 'a new or empty folder');
  const { api } = await loadApi(command);
  const procedures = await asProblem(() => api.procedures());
  if (procedures.every(({ rest }) => rest === null)) throw new Problem(NO_ENDPOINT);
  await asProblem(async () => {
    const document = await api.document();
    const client = await generateClient(document, { name, header: HEADER, keyPrefix });
    write(folder, client, {
      name: packageName,
      version: versionOf(document),
      description: `The client of the ${name} API.`,
    });
  });
  const target = shown(folder);
  return `${target}: ${name}, the client. Install it with npm install ./${target}/${COMPILED}, and import { ${name} } from '${packageName}'.\n`;
}

/** Writes the sources of a client, and its package, in place of those of a previous run. */
function write(folder: string, client: Record<string, string>, manifest: ClientManifest): void {
  for (const part of [SOURCES, COMPILED]) rmSync(join(folder, part), { recursive: true, force: true });
  const sources = join(folder, SOURCES);
  mkdirSync(sources, { recursive: true });
  for (const [file, text] of Object.entries(client)) writeFileSync(join(sources, file), text);
  const files = Object.keys(client).map((file) => join(sources, file));
  writeClientPackage({ sources, files, folder: join(folder, COMPILED), manifest });
}

/** True if this command has written the files of a folder. */
function isWritten(folder: string): boolean {
  const index = join(folder, SOURCES, 'index.ts');
  return existsSync(index) && readFileSync(index, 'utf8').startsWith(HEADER);
}

/** Returns the version of a document if npm accepts it (https://semver.org), else 0.0.0. */
function versionOf(document: object): string {
  const { version } = Document.parse(document).info;
  return /^\d+\.\d+\.\d+(?:[-+][\w.+-]+)?$/.test(version) ? version : '0.0.0';
}
