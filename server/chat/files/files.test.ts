import { beforeAll, describe, expect, test } from '@jest/globals';
import { eq, sql } from 'drizzle-orm';
import type { Deps } from '#server/compose';
import type { Database } from '#server/db/database';
import { chatFiles, fileContents, files } from '#server/db/schema/index';
import { toAppError } from '#server/errors';
import { removeDeleted } from '#server/removal';
import { failureOf, type Person, signInAsGuest, signUp, startInstance } from '#test/caller';
import { testDatabase } from '#test/database';
import { fileOf, gif, jpeg, pdf, png, webp } from '#test/files';
import { readContent } from './store.ts';

let deps: Deps;
let database: Database;
let ada: Person;

beforeAll(async () => {
  database = await testDatabase();
  deps = await startInstance({ database: () => Promise.resolve(database) });
  ada = await signUp(deps);
});

const upload = (name: string, content: Uint8Array | string, { api } = ada) =>
  api.chat.files.create({ file: fileOf(name, content) });

async function contentOf(id: string, kind: 'original' | 'text' = 'original'): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of readContent(deps, id, kind)) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** Returns how many rows each table still has of a file. */
async function rowsOf(id: string): Promise<number[]> {
  const [own, contents, uses] = [
    await deps.db.$count(files, eq(files.id, id)),
    await deps.db.$count(fileContents, eq(fileContents.fileId, id)),
    await deps.db.$count(chatFiles, eq(chatFiles.fileId, id)),
  ];
  return [own, contents, uses];
}

describe('an upload', () => {
  test.each([
    ['image/png', png()],
    ['image/jpeg', jpeg()],
    ['image/gif', gif()],
    ['image/webp', webp()],
    ['application/pdf', pdf('Hello')],
    ['text/plain', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'],
    ['text/plain', '# Überschrift\n\n日本語 👩‍🚀'],
  ])('is %s by its content, whatever its name', async (mediaType, content) => {
    expect(await upload('a.exe', content)).toMatchObject({ mediaType });
  });

  test.each([
    ['nothing', '', 'is empty'],
    [
      'unknown bytes',
      Uint8Array.of(1, 2, 3, 0xfe),
      'must be a PNG, JPEG, GIF or WebP image, a PDF, or text in UTF-8',
    ],
    ['text with NUL', 'a\0b', 'must be a PNG'],
    ['UTF-16', Buffer.from('\ufeffHallo', 'utf16le'), 'must be a PNG'],
    ['a huge image', png({ width: 60_000, height: 60_000 }), 'is an image of 60000 × 60000 pixels'],
    ['an image without pixels', png({ width: 0 }), 'is an image without pixels'],
    ['a PNG that breaks off', png().subarray(0, -20), 'is not a complete image'],
    ['a JPEG that breaks off', jpeg().subarray(0, -4), 'is not a complete image'],
    ['a GIF that breaks off', gif().subarray(0, -2), 'is not a complete image'],
    ['a WebP that breaks off', webp().subarray(0, -2), 'is not a complete image'],
    ['a PNG with a wrong length', Buffer.from(png()).fill(0xff, 33, 37), 'is not a complete image'],
  ])('is rejected if it is %s', async (_name, content, message) => {
    await expect(upload('a.png', content)).rejects.toThrow(`file: ${message}`);
  });

  test.each([
    ['../../etc/passwd', 'text', 'passwd'],
    ['C:\\Users\\ada\\photo.png', png(), 'photo.png'],
    ['photo.png', jpeg(), 'photo.png.jpg'],
    ['PHOTO.JPEG', jpeg(), 'PHOTO.JPEG'],
    ['a\r\nset-cookie: x.txt', 'text', 'a set-cookie: x.txt'],
    ['gnp.\u202eexe.png', png(), 'gnp. exe.png'],
    ['.htaccess', 'text', 'htaccess'],
    ['   ', png(), 'file.png'],
    ['日本語 👩🏽.pdf', pdf('x'), '日本語 👩🏽.pdf'],
    [`${'é'.repeat(300)}.pdf`, pdf('x'), `${'é'.repeat(196)}.pdf`],
    [`${'👍'.repeat(150)}.txt`, 'text', `${'👍'.repeat(98)}.txt`],
    [`a.${'b'.repeat(300)}`, 'text', `a.${'b'.repeat(198)}`],
  ])('named %j gets a harmless name', async (name, content, filename) => {
    expect((await upload(name, content)).filename).toBe(filename);
  });

  test('keeps the pixels and colours of an image, how it is turned, and none of its metadata', async () => {
    const stored = {
      png: await contentOf(
        (await upload('a', png({}, { tEXt: 'secret', eXIf: 'secret', gAMA: 'gamma' }))).id,
      ),
      jpeg: await contentOf((await upload('a', Buffer.concat([jpeg(8), Buffer.from('<script>secret')]))).id),
      gif: await contentOf((await upload('a', gif())).id),
      webp: await contentOf((await upload('a', webp())).id),
    };
    for (const content of Object.values(stored)) expect(content.toString('latin1')).not.toContain('secret');
    expect(stored.png).toEqual(png({}, { gAMA: 'gamma' }));
    expect(stored.jpeg.toString('latin1')).toContain('ICC_PROFILE');
    expect(stored.jpeg.subarray(-9, -2)).toEqual(Buffer.of(0x12, 0xff, 0, 0x34, 0xff, 0xd0, 0x56));
    const exif = stored.jpeg.indexOf('Exif');
    expect(stored.jpeg.subarray(exif + 16, exif + 28)).toEqual(
      Buffer.of(1, 0x12, 0, 3, 0, 0, 0, 1, 0, 8, 0, 0),
    );
    expect(stored.webp.readUInt32LE(4)).toBe(stored.webp.length - 8);
    expect(stored.webp[20]).toBe(0);
    // What was cleaned once stays the same.
    for (const content of Object.values(stored)) {
      expect(await contentOf((await upload('a', content)).id)).toEqual(content);
    }
  });

  test('of a PDF keeps its text, and of a broken one nothing', async () => {
    const { id } = await upload('a.pdf', pdf('Invoice 4711'));
    expect((await contentOf(id, 'text')).toString()).toContain('Invoice 4711');
    expect(await contentOf(id)).toEqual(pdf('Invoice 4711'));
    const broken = await upload('b.pdf', '%PDF-1.7 and nothing else');
    expect((await contentOf(broken.id, 'text')).toString()).toBe('');
  });

  test('of several pieces is stored whole', async () => {
    const text = 'line of text\n'.repeat(100_000);
    const { id, size } = await upload('long.txt', text);
    expect(size).toBe(text.length);
    expect((await contentOf(id)).toString()).toBe(text);
  });

  test('cannot exceed the limit of the account, not even with others at the same time', async () => {
    const guest = await signInAsGuest(deps);
    const content = 'x'.repeat(5 * 1024 * 1024);
    const results = await Promise.allSettled(
      Array.from({ length: 5 }, (_, index) => upload(`${index}.txt`, content, guest)),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    for (const result of results) {
      if (result.status === 'rejected') expect(toAppError(result.reason).kind).toBe('LIMIT_REACHED');
    }
  });
});

describe('a file', () => {
  test('is found and deleted only by its owner', async () => {
    const eve = await signUp(deps);
    const file = await upload('a.txt', 'text');
    expect(await ada.api.chat.files.get({ fileId: file.id })).toEqual(file);
    expect(await failureOf(eve.api.chat.files.get({ fileId: file.id }))).toBe('NOT_FOUND');
    expect(await failureOf(eve.api.chat.files.delete({ fileId: file.id }))).toBe('NOT_FOUND');
    await ada.api.chat.files.delete({ fileId: file.id });
    expect(await failureOf(ada.api.chat.files.get({ fileId: file.id }))).toBe('NOT_FOUND');
    await removeDeleted(database);
    expect(await rowsOf(file.id)).toEqual([0, 0, 0]);
  });

  test('that was not sent is deleted after a day', async () => {
    const [old, recent] = [await upload('old.txt', 'old'), await upload('new.txt', 'new')];
    const past = sql`now() - interval '25 hours'`;
    await deps.db.update(files).set({ createdAt: past }).where(eq(files.id, old.id));
    await removeDeleted(database);
    expect(await rowsOf(old.id)).toEqual([0, 0, 0]);
    expect(await rowsOf(recent.id)).toEqual([1, 1, 0]);
  });
});
