import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { createOpenApiDocument } from '../../openapi/index.ts';
import { procedure, router, serveRest } from '../../testing/testkit.ts';
import { generateClient } from './generate.ts';
import { Document, methodsOf } from './operations.ts';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'switchboard-sdk-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

const Kite = z.object({ id: z.string(), colour: z.string() }).meta({ id: 'Kite' });
const tags = ['kites'];

const NAMES = { name: 'Switchboard', header: '// Generated.', resources: { chat: 'chats' } };

/** A router with a resource that the SDK does not have yet. */
const app = router({
  chat: router({
    get: procedure
      .meta({ openapi: { method: 'GET', path: '/chats/{id}', tags: ['chat'] } })
      .input(z.strictObject({ id: z.string() }))
      .output(Kite)
      .query(({ input }) => ({ id: input.id, colour: 'none' })),
    send: procedure
      .meta({ openapi: { method: 'POST', path: '/chats/{chatId}/messages', tags: ['chat'] } })
      .input(
        z.strictObject({
          chatId: z.string(),
          clientRequestId: z.string(),
          parts: z.array(z.object({ type: z.literal('text'), text: z.string() })),
        }),
      )
      .output(z.object({ runId: z.string() }).meta({ id: 'Run' }))
      .mutation(() => ({ runId: 'run' })),
    stop: procedure
      .meta({ openapi: { method: 'POST', path: '/chats/{chatId}/stop', tags: ['chat'] } })
      .input(z.strictObject({ chatId: z.string() }))
      .output(z.void())
      .mutation(() => undefined),
  }),
  kites: router({
    strings: router({
      cut: procedure
        .meta({ openapi: { method: 'POST', path: '/kites/{id}/cut', tags, summary: 'Cut the string' } })
        .input(z.strictObject({ id: z.string(), metres: z.int() }))
        .output(Kite)
        .mutation(({ input }) => ({ id: input.id, colour: `${input.metres} m shorter` })),
    }),
    list: procedure
      .meta({ openapi: { method: 'GET', path: '/kites', tags, summary: 'Kites' } })
      .input(z.strictObject({ cursor: z.string().optional(), colours: z.array(z.string()).optional() }))
      .output(z.object({ items: z.array(Kite), nextCursor: z.string().nullable() }))
      .query(({ input: { cursor, colours = [] } }) =>
        cursor === undefined
          ? { items: [{ id: '1', colour: colours.join() }], nextCursor: 'two' }
          : { items: [{ id: '2', colour: colours.join() }], nextCursor: null },
      ),
    follow: procedure
      .meta({ openapi: { enabled: false, method: 'GET', path: '/kites/{id}/flight' }, rest: { sse: true } })
      .input(z.strictObject({ id: z.string() }))
      .subscription(async function* ({ input }) {
        yield { above: input.id };
      }),
  }),
});

const document: unknown = JSON.parse(
  JSON.stringify(createOpenApiDocument(app, { title: 'Test', version: '1.0.0' })),
);

test('generateClient turns a new procedure into a typed, documented and working method', async () => {
  const sources = await generateClient(document, NAMES);
  expect(sources['operations.gen.ts']).toContain(`  /**
   * Cut the string.
   *
   * \`POST /kites/{id}/cut\`
   */
  cut(id: Types.KitesStringsCutData['path']['id'], input: Input<Types.KitesStringsCutData>, options?: CallOptions): Promise<Types.Kite> {`);

  cpSync(join(import.meta.dirname, '../../../sdk'), folder, { recursive: true });
  for (const [name, text] of Object.entries(sources)) writeFileSync(join(folder, 'generated', name), text);
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(
    join(folder, 'use.ts'),
    `import { Switchboard } from './index.ts';
    const sb = new Switchboard({ baseUrl: process.argv[2] ?? '' });
    const received: unknown[] = [await sb.kites.strings.cut('a b', { metres: 3 })];
    for await (const kite of sb.kites.list({ colours: ['red', 'blue'] })) received.push(kite);
    for await (const { data } of sb.kites.follow('7')) received.push(data);
    console.log(JSON.stringify(received));`,
  );
  const server = await serveRest(app);
  try {
    const { stdout } = await run(process.execPath, [join(folder, 'use.ts'), server.origin]);
    expect(JSON.parse(stdout)).toEqual([
      { id: 'a b', colour: '3 m shorter' },
      { id: '1', colour: 'red,blue' },
      { id: '2', colour: 'red,blue' },
      { above: '7' },
    ]);
  } finally {
    await server.close();
  }
});

test('generateClient quotes names that are no identifiers, and keeps names that its classes could have', async () => {
  const query = (path: `/${string}`) =>
    procedure
      .meta({ openapi: { method: 'GET', path, tags } })
      .output(Kite)
      .query(() => ({ id: '', colour: '' }));
  const named = router({ 'wind-speed': router({ core: query('/core'), 'at-noon': query('/noon') }) });
  const { 'operations.gen.ts': text } = await generateClient(
    JSON.parse(JSON.stringify(createOpenApiDocument(named, { title: 'Test', version: '1.0.0' }))),
    NAMES,
  );
  expect(text).toContain("readonly 'wind-speed': WindSpeedApi;");
  expect(text).toContain("  'at-noon'(options?: CallOptions): Promise<Types.Kite> {");
  expect(text).toContain('  core(options?: CallOptions): Promise<Types.Kite> {\n    return this._core.call(');
});

test('generateClient says since when a method is deprecated, until when it works, and what to call instead', async () => {
  const Id = z.strictObject({ id: z.string() });
  const get = (path: `/${string}`) => ({ openapi: { method: 'GET', path, description: 'Facts.' } }) as const;
  const dates = { since: '2026-01-31', sunset: '2027-01-31' };
  const chat = router({
    show: procedure.meta({ ...get('/show'), deprecated: { ...dates, successor: 'chat.get' } }).query(() => 1),
    read: procedure.meta({ openapi: { method: 'GET', path: '/read', deprecated: true } }).query(() => 1),
    get: procedure
      .meta(get('/chats/{id}'))
      .input(Id)
      .query(() => 1),
  });
  const { 'operations.gen.ts': text } = await generateClient(
    JSON.parse(JSON.stringify(createOpenApiDocument(router({ chat }), { title: 'Test', version: '1.0.0' }))),
    NAMES,
  );
  expect(text).toContain(`  /**
   * Facts.
   *
   * \`GET /show\`
   * @deprecated Since 2026-01-31. It will be removed on 2027-01-31. Use \`chats.get\` instead.
   */
  show(`);
  expect(text).toContain(`   * \`GET /read\`\n   * @deprecated\n   */\n  read(`);
});

test('methodsOf assigns every operation to the resource in its operationId', () => {
  expect(methodsOf(Document.parse(document), NAMES.resources).map(({ path }) => path.join('.'))).toEqual([
    'chats.get',
    'chats.send',
    'chats.stop',
    'kites.strings.cut',
    'kites.list',
    'kites.follow',
  ]);
});

test('generateClient rejects an operation that the SDK cannot call, and names it', async () => {
  const responses = { 200: { content: { 'image/png': {} } } };
  const paths = { '/chart': { get: { operationId: 'stats.chart', responses } } };
  const unsupported = { ...Document.parse(document), paths };
  await expect(generateClient(unsupported, NAMES)).rejects.toThrow(
    'stats.chart: the SDK cannot read a response of type image/png.',
  );
});
