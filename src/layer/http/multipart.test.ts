import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import fc from '#test/fast-check';
import { boundaryOf, partsOf } from './multipart.ts';

const ROOT = join(import.meta.dirname, '../../..');
const utf8 = new TextEncoder();

/** Cuts bytes into chunks that end at the given places. */
async function* cut(bytes: Uint8Array<ArrayBuffer>, places: readonly number[]) {
  let start = 0;
  for (const end of [...places].sort((a, b) => a - b).concat(bytes.length)) {
    yield await Promise.resolve(bytes.slice(start, end));
    start = Math.max(start, end);
  }
}

/** Parses a form, and returns its parts with their content. */
async function parse(body: string | Uint8Array<ArrayBuffer>, places: readonly number[] = [], boundary = 'x') {
  const bytes = typeof body === 'string' ? utf8.encode(body) : body;
  const parts = [];
  for await (const { content, ...part } of partsOf(cut(bytes, places), boundary)) {
    const chunks: number[] = [];
    for await (const chunk of content) chunks.push(...chunk);
    parts.push({ ...part, content: new Uint8Array(chunks) });
  }
  return parts;
}

const part = (headers: string, content = 'v') => `--x\r\n${headers}\r\n\r\n${content}\r\n`;
const field = (parameters: string) => `Content-Disposition: form-data; ${parameters}`;

test('reads what a client of the Fetch API sends, in chunks of any size', async () => {
  // A client does not escape backslashes, and the parser takes them as escapes of other clients.
  const name = fc.string({ unit: 'grapheme' }).filter((text) => !/[\\/]/.test(text) && text.isWellFormed());
  const content = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc.array(fc.constantFrom('\r\n', '\r', '-', '--', '\r\n--')).map((texts) => utf8.encode(texts.join(''))),
  );
  // The parser of Node takes a file without a name as text.
  const file = fc.record({ name: name.filter((text) => text !== ''), content });
  const value = fc.oneof(fc.string(), file);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(name, value), { maxLength: 5 }),
      fc.array(fc.nat(2000)),
      async (pairs, places) => {
        const form = new FormData();
        for (const [key, item] of pairs) {
          if (typeof item === 'string') form.append(key, item);
          else form.append(key, new File([item.content.slice()], item.name, { type: 'image/png' }));
        }
        const response = new Response(form);
        const boundary = boundaryOf(response.headers.get('content-type') ?? '');
        const bytes = await response.bytes();
        const read = await parse(
          bytes,
          places.map((place) => Math.min(place, bytes.length)),
          boundary,
        );
        const type = { 'content-type': `multipart/form-data; boundary=${boundary}` };
        const expected = await new Response(bytes, { headers: type }).formData();
        const entries = await Promise.all(
          [...expected].map(async ([key, item]) =>
            typeof item === 'string'
              ? { name: key, filename: undefined, content: utf8.encode(item) }
              : { name: key, filename: item.name, content: await item.bytes() },
          ),
        );
        expect(read).toMatchObject(entries);
        expect(read).toHaveLength(entries.length);
      },
    ),
  );
});

describe('the headers of a part', () => {
  test.each([
    [field('name="a"'), { name: 'a', filename: undefined, type: 'text/plain', charset: 'utf-8' }],
    [field('name=a'), { name: 'a' }],
    ['content-DISPOSITION:form-data;name="a"', { name: 'a' }],
    [field('filename="b"; NAME="a";'), { name: 'a', filename: 'b' }],
    [field('name="a;b=c"'), { name: 'a;b=c' }],
    [field('name="say %22hi%22%0D%0A"'), { name: 'say "hi"\r\n' }],
    [field('name="say \\"hi\\""'), { name: 'say "hi"' }],
    [field('name="a"; filename="C:\\fakepath\\ü.png"'), { filename: 'ü.png' }],
    [field('name="a"; filename="../../etc/passwd"'), { filename: 'passwd' }],
    [field('name="a"; filename=".."'), { filename: '' }],
    [field('name="a"; filename=""'), { filename: '' }],
    [field(`name="a"; filename="plain"; filename*=UTF-8''%C3%BC.png`), { filename: 'ü.png' }],
    [
      `${field('name="a"')}\r\nContent-Type: Text/CSV; charset=ISO-8859-1`,
      { type: 'text/csv', charset: 'ISO-8859-1' },
    ],
    [`Content-Disposition: form-data;\r\n name="a"\r\nX-Other: b`, { name: 'a' }],
  ])('%j are read', async (headers, expected) => {
    await expect(parse(`${part(headers)}--x--`)).resolves.toMatchObject([expected]);
  });

  test.each([
    'X-Other: a',
    'Content-Disposition: attachment; name="a"',
    'no colon',
    `${field('name="a"')}\nX-Other: b`,
    field('name="a'),
    field('name="a" b'),
    field(`name="a"; filename*=UTF-8''%ff`),
    field(`name="${'a'.repeat(20_000)}"`),
  ])('%.40s are rejected', async (headers) => {
    await expect(parse(`${part(headers)}--x--`)).rejects.toMatchObject({ name: 'MalformedForm' });
  });
});

describe('a form', () => {
  const a = part(field('name="a"'));

  test.each([
    ['without parts', '--x--', 0],
    ['with a preamble and an epilogue', `preamble\r\n${a}--x--\r\nepilogue --x`, 1],
    ['with spaces after a delimiter', a.replace('--x', '--x \t') + '--x--', 1],
    ['with what resembles a delimiter', part(field('name="a"'), '\r\n--\r\n\r\r\n-x--x--') + '--x--', 1],
  ])('%s is read', async (_, body, length) => {
    await expect(parse(body)).resolves.toHaveLength(length);
  });

  test.each([
    ['that is empty', ''],
    ['without an end', a],
    ['that ends in a delimiter', `${a}--x-`],
    ['that ends in headers', '--x\r\nContent-Dispo'],
    ['whose delimiter has more text', `${a.replace('--x', '--xy')}--x--`],
    ['with line breaks of one character', a.replaceAll('\r', '') + '--x--'],
  ])('%s is rejected', async (_, body) => {
    await expect(parse(body)).rejects.toMatchObject({ name: 'MalformedForm' });
  });

  test('can be read without the content of its parts', async () => {
    const names = [];
    for await (const { name } of partsOf(cut(utf8.encode(`${a}${a}--x--`), [30, 60]), 'x')) names.push(name);
    expect(names).toEqual(['a', 'a']);
  });

  test('ends its source when the reader stops', async () => {
    let isEnded = false;
    async function* source() {
      try {
        for (;;) yield await Promise.resolve(utf8.encode(a));
      } finally {
        isEnded = true;
      }
    }
    for await (const { name } of partsOf(source(), 'x')) if (name === 'a') break;
    expect(isEnded).toBe(true);
  });

  test.each([
    'multipart/form-data',
    'multipart/form-data; boundary=',
    'multipart/form-data; boundary="\r"',
    '',
  ])('needs a boundary, which "%s" does not have', (type) => {
    expect(() => boundaryOf(type)).toThrow('boundary');
  });
});

const run = promisify(execFile);

/** Prints the processor time of reading 4 MiB of each text, in milliseconds: the least of three times. */
const PROGRAM = `
  import { partsOf } from './src/layer/http/multipart.ts';
  async function costOf(text) {
    const boundary = 'a'.repeat(70);
    const content = text.repeat((4 * 1024 * 1024) / text.length);
    const head = 'Content-Disposition: form-data; name="a"';
    const bytes = Buffer.from('--' + boundary + '\\r\\n' + head + '\\r\\n\\r\\n' + content + '\\r\\n--' + boundary + '--');
    async function* source() { yield bytes; }
    const times = [];
    for (let time = 0; time < 3; time++) {
      const started = process.cpuUsage();
      for await (const { content } of partsOf(source(), boundary)) for await (const chunk of content);
      times.push(process.cpuUsage(started).user / 1000);
    }
    return Math.min(...times);
  }
  const costs = [];
  for (const text of JSON.parse(process.argv[1])) costs.push(await costOf(text));
  console.log(JSON.stringify(costs));`;

test('megabytes of line breaks or of beginnings of the delimiter cost little more than other content', async () => {
  const texts = ['x', '\r\n', '\r', `\r\n--${'a'.repeat(60)}`];
  // In a process of its own, because the garbage of other tests costs processor time too.
  const args = ['--input-type=module', '--eval', PROGRAM, JSON.stringify(texts)];
  const { stdout } = await run(process.execPath, args, { cwd: ROOT, timeout: 50_000 });
  const [plain = 0, ...others] = z.array(z.number()).parse(JSON.parse(stdout));
  expect(plain).toBeGreaterThan(0);
  // A search that compares each of them from its start again costs far more.
  expect(Math.max(...others)).toBeLessThan(20 * plain);
});
