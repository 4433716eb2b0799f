import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@hey-api/openapi-ts';
import { Document, methodsOf, OWN_HEADERS } from './operations.ts';
import {
  type ClientNames,
  clientSource,
  errorsSource,
  indexSource,
  operationsSource,
  runtimeSource,
} from './source.ts';

/** The folder of the runtime, which is copied into every client. */
const RUNTIME = join(import.meta.dirname, '../../sdk');

/**
 * Generates a client: its runtime, the types of the document (by @hey-api/openapi-ts), a method for each operation, a
 * class for each error code, and an `index.ts` that exports them.
 * @param document an OpenAPI document that this layer created.
 * @param names the name of the client, the first line of its files, and its resources.
 * @returns the text of each file, by file name.
 * @throws {Error} naming an operation that cannot become a method.
 */
export async function generateClient(document: unknown, names: ClientNames): Promise<Record<string, string>> {
  const parsed = Document.parse(document);
  const runtime = readdirSync(RUNTIME).map((file): [string, string] => [
    file,
    runtimeSource(readFileSync(join(RUNTIME, file), 'utf8'), parsed, names),
  ]);
  return {
    ...Object.fromEntries(runtime),
    'types.gen.ts': await typesSource(parsed, names),
    'operations.gen.ts': operationsSource(parsed, methodsOf(parsed, names.resources), names),
    'errors.gen.ts': errorsSource(parsed, names),
    'client.gen.ts': clientSource(names),
    'index.ts': indexSource(names),
  };
}

async function typesSource(document: Document, { header }: ClientNames): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'api-client-'));
  try {
    await createClient({
      input: successesOf(document),
      output: {
        path: folder,
        entryFile: false,
        header,
      },
      logs: { level: 'silent', file: false },
      plugins: ['@hey-api/typescript'],
    });
    return readFileSync(join(folder, 'types.gen.ts'), 'utf8');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * Returns the document without the parts that methods do not expose: errors (which are thrown), headers of the protocol
 * and media types that they do not use.
 */
function successesOf(document: Document): Record<string, unknown> {
  return JSON.parse(JSON.stringify(document), (key, value: unknown) => {
    if (key === 'responses' && isObject(value)) {
      return Object.fromEntries(
        Object.entries(value).filter(([status]) => !/^([345]|default|Problem)/.test(status)),
      );
    }
    if (key === 'content' && isObject(value)) {
      const used = USED_TYPES.find((type) => type in value);
      return used === undefined ? value : { [used]: value[used] };
    }
    if (key === 'parameters' && Array.isArray(value)) {
      const parameters: unknown[] = value;
      return parameters.filter((parameter) => {
        const { in: place, name } = isObject(parameter) ? parameter : {};
        return !(place === 'header' && typeof name === 'string' && OWN_HEADERS.has(name.toLowerCase()));
      });
    }
    return value;
  }) as Record<string, unknown>;
}

/** If there are several media types, methods use the first of these. */
const USED_TYPES = ['application/json', 'text/event-stream', 'multipart/form-data'];

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
