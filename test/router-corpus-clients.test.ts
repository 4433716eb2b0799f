import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { buildSync } from 'esbuild';
import createOpenApiFetch from 'openapi-fetch';
import { z } from 'zod';
import { serveRest, type TestServer } from '#layer/testing/index';
import {
  accepts,
  corpus,
  document,
  echoed,
  exampleOf,
  outputOf,
  parameterOf,
  valueOf,
} from './router-corpus-api.ts';
import { FIELDS, KINDS, VALUES } from './router-corpus.ts';

const OPERATIONS = { query: 'Query', path: 'Path', body: 'Body', form: 'Form' };
type Place = keyof typeof OPERATIONS;

/**
 * Sends a value to the operation of a field; without a value, calls the operation of an output.
 * @returns the body of the response, as the client reads it.
 */
type Client = (name: string, sent?: { place: Place; value: unknown }) => Promise<unknown>;

const ORIGIN = 'http://api.example';
const LIMIT_MS = 60_000;
const folder = mkdtempSync(join(tmpdir(), 'switchboard-clients-'));
const file = join(folder, 'openapi.json');
let server: TestServer;
beforeAll(async () => {
  writeFileSync(file, JSON.stringify(document));
  server = await serveRest(corpus);
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The fetch of generated clients. It sends requests for any origin to the server of the test. */
async function fetchFromServer(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const request = new Request(typeof input === 'string' ? new URL(input, ORIGIN) : input, init);
  const { pathname, search } = new URL(request.url);
  const { method, headers } = request;
  return server.call(pathname + search, {
    method,
    headers,
    ...(method !== 'GET' && { body: await request.text() }),
  });
}

function run(tool: string, args: string[]): void {
  const { status, stdout, stderr } = spawnSync(
    join(import.meta.dirname, '../node_modules/.bin', tool),
    args,
    {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: LIMIT_MS,
    },
  );
  if (status !== 0) throw new Error(`${tool} failed:\n${stdout}${stderr}`);
}

/** Loads generated code with our fetch. @returns a function that calls its functions by name. */
async function load(entry: string): Promise<(name: string, ...args: unknown[]) => Promise<unknown>> {
  const outfile = join(folder, `${entry.replaceAll('/', '-')}.cjs`);
  buildSync({
    entryPoints: [join(folder, entry)],
    bundle: true,
    format: 'cjs',
    outfile,
    define: { fetch: 'globalThis.fetchFromServer' },
  });
  Object.assign(globalThis, { fetchFromServer });
  const functions: unknown = await import(outfile);
  const byName = z.record(z.string(), z.unknown()).parse({ ...Object(functions) });
  return async (name, ...args) => {
    const found = byName[name];
    if (typeof found !== 'function') throw new Error(`The generated client has no ${name}.`);
    return await Reflect.apply(found, undefined, args);
  };
}

const Result = z.object({ data: z.unknown().optional(), error: z.unknown().optional() });
function dataOf(result: unknown): unknown {
  const { data, error } = Result.parse(result);
  return data ?? { error };
}

/** The types of openapi-fetch for operations. The operations of the corpus are generated, so they share one type. */
type Field = Record<'v', unknown>;
interface Operation {
  parameters: { query?: Field; path?: Field };
  requestBody?: { content: { 'application/json': Field } };
  responses: { 200: { content: { 'application/json': unknown } } };
}
type Paths = Record<string, Record<'get' | 'post', Operation>>;

const CLIENTS = {
  async '@hey-api/openapi-ts'(): Promise<Client> {
    const plugins = ['--plugins', '@hey-api/client-fetch', '@hey-api/sdk'];
    run('openapi-ts', ['--input', file, '--output', join(folder, 'hey-api'), ...plugins, '--silent']);
    const call = await load('hey-api/sdk.gen.ts');
    const settings = { baseUrl: ORIGIN, fetch: fetchFromServer };
    return async (name, sent) => {
      if (!sent) return dataOf(await call(`${name}Output`, settings));
      const part = sent.place === 'form' ? 'body' : sent.place;
      return dataOf(await call(name + OPERATIONS[sent.place], { ...settings, [part]: { v: sent.value } }));
    };
  },
  async orval(): Promise<Client> {
    run('orval', ['--input', file, '--output', 'orval.ts', '--client', 'fetch']);
    const call = await load('orval.ts');
    return async (name, sent) => {
      if (!sent) return dataOf(await call(`${name}Output`));
      const argument = sent.place === 'path' ? sent.value : { v: sent.value };
      return dataOf(await call(name + OPERATIONS[sent.place], argument));
    };
  },
  async 'openapi-fetch'(): Promise<Client> {
    const { request } = createOpenApiFetch<Paths>({
      baseUrl: ORIGIN,
      fetch: fetchFromServer,
    });
    return async (name, sent) => {
      if (!sent) return dataOf(await request('get', `/output/${name}`, {}));
      const { place, value } = sent;
      if (place === 'query')
        return dataOf(await request('get', `/query/${name}`, { params: { query: { v: value } } }));
      if (place === 'path')
        return dataOf(await request('get', `/path/${name}/{v}`, { params: { path: { v: value } } }));
      return dataOf(await request('post', `/${place}/${name}`, { body: { v: value } }));
    };
  },
};

interface Case {
  place: Place;
  name: string;
  schema: z.core.$ZodType;
  value: unknown;
}

const CASES: Case[] = [
  ...[...FIELDS].flatMap(([name, schema]) => {
    const { content, schema: inText = {} } = parameterOf(`/query/${name}`);
    const inQuery = exampleOf(content?.['application/json']?.schema ?? inText);
    const inBody = valueOf(name);
    return [
      { place: 'query' as const, name, schema, value: inQuery },
      { place: 'body' as const, name, schema, value: inBody },
      { place: 'form' as const, name, schema, value: inBody },
    ];
  }),
  ...[...VALUES].map(([name, schema]) => ({
    place: 'path' as const,
    name,
    schema,
    value: exampleOf(parameterOf(`/path/${name}/{v}`).schema ?? {}),
  })),
];

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const someIn = (value: unknown, holds: (part: unknown) => boolean) =>
  isObject(value) && Object.values(value).some(holds);
const isJsonParameter = (name: string) => parameterOf(`/query/${name}`).content !== undefined;
/** True if a value is lost when JavaScript converts it to a string. `[[1]]` is not: its string is "1". */
const losesAsText = (value: unknown): boolean =>
  isObject(value) && (!Array.isArray(value) || value.length > 1 || losesAsText(value[0]));

/** The values that a client cannot send, by reason. docs/rest-input.md lists the reasons under "Generated clients". */
type Unsent = Record<string, (sent: Case) => boolean>;

const throwsOnNesting: Unsent = {
  'its serializer of a query throws on nested values': ({ place, value }) =>
    place === 'query' && someIn(value, isObject),
  'it leaves out null in an object of a query': ({ place, value }) =>
    place === 'query' && someIn(value, (part) => part === null),
};
const isListOfLists = ({ place, value }: Case) =>
  place === 'form' && Array.isArray(value) && Array.isArray(value[0]);
const UNSENT: Record<keyof typeof CLIENTS, Unsent> = {
  '@hey-api/openapi-ts': {
    ...throwsOnNesting,
    'it sends the fields of a JSON parameter without its name': ({ place, name }) =>
      place === 'query' && name === 'partsjson',
    'it sends each item of a list as a field, so a single item that is a list looks like the list':
      isListOfLists,
  },
  orval: {
    'it sends "[object Object]" as a JSON parameter': ({ place, name, value }) =>
      place === 'query' && isJsonParameter(name) && losesAsText(value),
    'it sends "[object Object]" for a nullable field of a form': ({ place, name, value }) =>
      place === 'form' && name.endsWith('Nullish') && losesAsText(value),
    'it sends "[object Object]" for one of several objects in a form': ({ place, name }) =>
      place === 'form' && /^parts(objects|xor)$/.test(name),
    'it sends each item of a list as a field, unless the list may be null': (sent) =>
      !sent.name.endsWith('Nullish') && isListOfLists(sent),
    'it does not encode a path': ({ place, value }) => place === 'path' && String(value).includes('/'),
  },
  'openapi-fetch': {
    ...throwsOnNesting,
    'it sends JSON, unless its user provides a serializer': ({ place }) => place === 'form',
  },
};

const nameOf = ({ place, name }: Case) => `${place} ${name}`;

test.each(Object.entries(CLIENTS))(
  'a client generated by %s sends values that the server accepts, and reads its responses',
  async (generator, generate) => {
    const call = await generate();
    const failing: string[] = [];
    for (const sent of CASES) {
      const read = await call(sent.name, sent).catch(String);
      if (read !== (await echoed(sent.schema, sent.value))) failing.push(nameOf(sent));
    }
    const reasons = Object.values(Object.entries(UNSENT).find(([name]) => name === generator)?.[1] ?? {});
    expect(failing).toEqual(CASES.filter((sent) => reasons.some((holds) => holds(sent))).map(nameOf));
    for (const name of KINDS.keys()) {
      const read = await call(name);
      expect({ name, read, isRight: accepts(outputOf(name), read) }).toEqual({ name, read, isRight: true });
    }
  },
  LIMIT_MS,
);
