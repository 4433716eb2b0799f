import assert from 'node:assert/strict';
import { install } from './hono.ts';
import { whileServed, type Workshop } from './kit.ts';

interface Answer {
  status: number;
  body: unknown;
}

/** Requests whose answers must not change. docs/compatibility.md lists those that do. */
const REQUESTS: [path: string, init?: RequestInit][] = [
  ['/books/1'],
  ['/books'],
  ['/books?title=Wal&minPages=300'],
  ['/books?minPages=400'],
  [
    '/books',
    {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ title: 'Emma', pages: 474 }),
    },
  ],
  ['/books/2'],
];

async function answersOf(origin: string): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const [path, init] of REQUESTS) {
    const response = await fetch(origin + path, init);
    answers.push({ status: response.status, body: await response.json() });
  }
  const missing = await fetch(`${origin}/books/9`);
  const { message, detail } = (await missing.json()) as { message?: string; detail?: string };
  answers.push({ status: missing.status, body: message ?? detail });
  const document = (await (await fetch(`${origin}/api/openapi.json`)).json()) as { paths: object };
  answers.push({ status: 200, body: Object.keys(document.paths).toSorted() });
  return answers;
}

/** Serves one router by trpc-to-openapi's handler and by the layer, and compares the answers. */
export async function checkMigration(workshop: Workshop): Promise<string> {
  const folder = await install('trpc-to-openapi', workshop);
  const answers: Record<string, Answer[]> = {};
  for (const version of ['before', 'after']) {
    await whileServed(
      () => [`${version}.ts`],
      { folder },
      async (origin) => {
        answers[version] = await answersOf(origin);
      },
    );
  }
  assert.equal(answers['before']?.length, REQUESTS.length + 2);
  assert.deepEqual(answers['after'], answers['before']);
  return 'the router is unchanged, and the answers are the same';
}
