import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@hey-api/openapi-ts';
import { Document, methodsOf, OWN_HEADERS } from './operations.ts';
import { referenceText } from './reference.ts';
import { errorsSource, operationsSource } from './source.ts';

const ROOT = join(import.meta.dirname, '../..');

function readDocument(): unknown {
  return JSON.parse(readFileSync(join(ROOT, 'src/sdk/openapi.json'), 'utf8'));
}

/** Returns the path and the text of every file that is generated from the committed document. */
export async function sdkFiles(): Promise<{ path: string; text: string }[]> {
  const document = readDocument();
  const sources = Object.entries(await generate(document)).map(([name, text]) => ({
    path: join(ROOT, 'src/sdk/generated', name),
    text,
  }));
  return [...sources, { path: join(ROOT, 'docs/reference.md'), text: referenceText(document) }];
}

/**
 * Generates the sources of the SDK: the types of the document (by @hey-api/openapi-ts), a method for each operation and
 * a class for each error.
 * @returns file name -> text.
 */
export async function generate(document: unknown): Promise<Record<string, string>> {
  const parsed = Document.parse(document);
  return {
    'types.gen.ts': await typesSource(parsed),
    'operations.gen.ts': operationsSource(parsed, methodsOf(parsed)),
    'errors.gen.ts': errorsSource(parsed),
  };
}

async function typesSource(document: Document): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'switchboard-sdk-'));
  try {
    await createClient({
      input: successesOf(document),
      output: {
        path: folder,
        entryFile: false,
        header: '// Written by npm run sdk, with @hey-api/openapi-ts.',
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
 * Returns the document without the parts that methods do not expose: errors (which are thrown), headers of the protocol and
 * media types that they do not use.
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
