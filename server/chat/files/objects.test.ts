import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { and, eq, isNull, sql } from 'drizzle-orm';
import { z } from 'zod';
import { chatFiles, fileContents, files } from '#server/db/schema/index';
import { parseEnv } from '#server/env';
import { checkFiles } from '#server/doctor/files';
import { removeDeleted } from '#server/removal';
import { type Bucket, openBucket } from '#server/s3/bucket';
import { s3Config } from '#server/s3/config';
import { SECRETS } from '#test/caller';
import { type Account, caller, read, signUp } from '#test/client';
import { pdf, png, uploadFile } from '#test/files';
import { expectProblem } from '#test/problem';
import { startProviderServer } from '#test/provider-server';
import { type S3Server, startS3Server } from '#test/s3-server';
import { type ServedInstance, serveInstance } from '#test/served';
import { fileLoader } from './load.ts';
import { filePart } from './part.ts';
import { removeObjects } from './objects.ts';

const MODEL = 'openai-compatible/echo';

let s3: S3Server;
let server: ServedInstance;
let ada: Account;
/** The methods of the requests that the S3 server gets. */
const requests: string[] = [];
const provider = await startProviderServer();

beforeAll(async () => {
  s3 = await startS3Server();
  server = await serveInstance({
    settings: {
      ...s3.settings,
      FILE_STORE: 's3',
      AI_MODEL: MODEL,
      AI_BASE_URL: provider.url,
      AI_FILE_INPUTS: `${MODEL}=image`,
    },
  });
  ada = await signUp(server.url);
  watch();
});
afterEach(watch);
afterAll(async () => {
  await server.close();
  await s3.close();
  await provider.close();
});

/** Lets all requests to the S3 server pass. */
function watch(): void {
  requests.length = 0;
  s3.setFault(({ method = '' }) => {
    requests.push(method);
    return 'pass';
  });
}

const Stored = z.object({ id: z.string(), url: z.string() });
const stored = async (name: string, content: Uint8Array | string) =>
  Stored.parse((await uploadFile(ada, name, content)).body);

const download = async (url: string) => Buffer.from(await (await ada.fetch(url)).arrayBuffer());

function bucket(): Bucket {
  const config = s3Config(server.deps.env);
  if (!config) throw new Error('There is no bucket.');
  return openBucket(config);
}

async function keys(): Promise<string[]> {
  return (await Array.fromAsync(bucket().list('test/files/'))).map(({ key }) => key);
}

/** Makes files older than any upload. */
const age = () => server.deps.db.update(files).set({ createdAt: sql`now() - interval '2 hours'` });
const withoutOwner = () => server.deps.db.$count(files, isNull(files.userId));

describe('a file in S3', () => {
  test('is stored there and not in the database, and is served as it was uploaded', async () => {
    const { id, url } = await stored('a.pdf', pdf('Invoice 4711'));
    expect(await keys()).toContain(`test/files/${id}`);
    const inDatabase = (kind: 'original' | 'text') =>
      server.deps.db.$count(fileContents, and(eq(fileContents.fileId, id), eq(fileContents.kind, kind)));
    expect(await inDatabase('original')).toBe(0);
    expect(await inDatabase('text')).toBe(1);
    expect(await download(url)).toEqual(pdf('Invoice 4711'));
  });

  test('of several requests is served and exported whole', async () => {
    const text = 'line of text\n'.repeat(300_000);
    const { id, url } = await stored('long.txt', text);
    requests.length = 0;
    expect((await download(url)).toString()).toBe(text);
    expect(requests).toEqual(['GET', 'GET']);
    const exported = z
      .object({ files: z.array(z.looseObject({ id: z.string(), content: z.string() })) })
      .parse(await (await ada.fetch('/api/v1/protected/export')).json());
    const file = exported.files.find((one) => one.id === id);
    expect(Buffer.from(file?.content ?? '', 'base64').toString()).toBe(text);
    expect(file).not.toHaveProperty('location');
  });

  test('is read for a model, and a missing one is a deleted one', async () => {
    const [image, text] = [await stored('a.png', png()), await stored('a.txt', 'The code is 4711.')];
    const rows = await server.deps.db.select().from(files).where(eq(files.userId, ada.id));
    const parts = [image, text].map(({ id }) => {
      const row = rows.find((one) => one.id === id);
      if (!row) throw new Error('The file has no row.');
      return filePart(row);
    });
    const load = async () => {
      const messages = [{ id: 'm', role: 'user' as const, parts }];
      const [message] = await fileLoader(server.deps)({ userId: ada.id, model: MODEL }, messages);
      return message?.parts;
    };
    expect(await load()).toMatchObject([
      { type: 'file', url: `data:image/png;base64,${png().toString('base64')}` },
      { type: 'text', text: expect.stringContaining('The code is 4711.') as unknown },
    ]);
    for (const { id } of [image, text]) await bucket().remove(`test/files/${id}`);
    expect(await load()).toMatchObject([
      { type: 'text', text: expect.stringContaining('was deleted') as unknown },
      { type: 'text', text: expect.stringContaining('was deleted') as unknown },
    ]);
    expectProblem(await read(await ada.fetch(image.url)), 'NOT_FOUND');
  });

  test('is readable whatever the setting is now, and so are those in the database', async () => {
    const other = await serveInstance({ settings: { ...s3.settings, FILE_STORE: 'database' } });
    try {
      const [inS3, inDatabase] = [
        await stored('a.txt', 'in S3'),
        Stored.parse((await uploadFile(caller(other.url, ada.headers), 'b.txt', 'in rows')).body),
      ];
      expect(requests.filter((method) => method === 'PUT')).toHaveLength(1);
      for (const [{ url }, content] of [
        [inS3, 'in S3'],
        [inDatabase, 'in rows'],
      ] as const) {
        expect((await download(url)).toString()).toBe(content);
        expect(await (await fetch(other.url + url, { headers: ada.headers })).text()).toBe(content);
      }
    } finally {
      await other.close();
    }
  });
});

describe('a failure of S3', () => {
  test('rejects an upload, which then counts for nothing and is removed later', async () => {
    await age();
    await removeObjects(server.deps);
    const before = await keys();
    s3.setFault(({ method }) => (method === 'PUT' ? { status: 403 } : 'pass'));
    const problem = expectProblem(await uploadFile(ada, 'a.txt', 'text'), 'SERVICE_UNAVAILABLE');
    expect(problem.detail).toBe('The storage of files has failed.');
    expect(await withoutOwner()).toBe(1);
    watch();
    // It could still be an upload in progress.
    await removeDeleted(server.deps.database);
    await removeObjects(server.deps);
    expect([await withoutOwner(), requests]).toEqual([1, []]);
    await age();
    await removeObjects(server.deps);
    expect([await withoutOwner(), requests]).toEqual([0, ['DELETE']]);
    expect(await keys()).toEqual(before);
  });

  test('rejects a download before it begins', async () => {
    const { url } = await stored('a.txt', 'text');
    s3.setFault(() => ({ status: 403 }));
    expectProblem(await read(await ada.fetch(url)), 'SERVICE_UNAVAILABLE');
    watch();
    expect((await download(url)).toString()).toBe('text');
  });

  test('or a loss of half an object is no shorter file', async () => {
    const { id, url } = await stored('long.txt', 'x'.repeat(4 * 1024 * 1024));
    await bucket().put(`test/files/${id}`, Buffer.alloc(3 * 1024 * 1024, 'x'));
    await expect(download(url)).rejects.toThrow();
    await bucket().put(`test/files/${id}`, Buffer.from('x'));
    expectProblem(await read(await ada.fetch(url)), 'SERVICE_UNAVAILABLE');
  });

  test('leaves the objects of deleted files for the next time', async () => {
    const { id } = await stored('a.txt', 'text');
    await ada.rpc.chat.files.delete.mutate({ fileId: id });
    await age();
    s3.setFault(() => ({ status: 403 }));
    await expect(removeObjects(server.deps)).rejects.toThrow('DELETE was rejected');
    expect(await keysWithoutFault()).toContain(`test/files/${id}`);
    await removeObjects(server.deps);
    expect(await keys()).not.toContain(`test/files/${id}`);
    expect(await server.deps.db.$count(files, eq(files.id, id))).toBe(0);
  });

  async function keysWithoutFault() {
    watch();
    return keys();
  }
});

test('a bucket that does not exist is a failure, and not a missing file', async () => {
  const { url } = await stored('a.txt', 'text');
  const other = await serveInstance({ settings: { ...s3.settings, FILE_STORE: 's3', S3_BUCKET: 'missing' } });
  try {
    expectProblem(await read(await caller(other.url, ada.headers).fetch(url)), 'SERVICE_UNAVAILABLE');
    await age();
    await ada.rpc.chat.files.delete.mutate({ fileId: url.replace('/api/files/', '') });
    await expect(removeObjects(other.deps)).rejects.toThrow('NoSuchBucket');
  } finally {
    await other.close();
  }
});

test.each([
  [{ FILE_STORE: 's3' }, 'ok', 'filesInS3'],
  [{ FILE_STORE: 's3', S3_BUCKET: 'missing' }, 'problem', 'filesUnreachable'],
  [{ S3_BUCKET: '' }, 'problem', 'filesWithoutBucket'],
])('with %j, the doctor finds how files are stored', async (other, level, code) => {
  await stored('a.txt', 'text');
  const env = parseEnv({ ...SECRETS, ...s3.settings, ...other });
  const { signal } = new AbortController();
  const { database } = server.deps;
  const found = await checkFiles({ env, database, secrets: () => undefined, signal });
  expect(found).toMatchObject([{ level, code }]);
  if (code === 'filesUnreachable') expect(found[0]?.values).toEqual({ reason: 'NO_SUCH_BUCKET' });
});

test('an upload beyond the limit of the account does not reach S3', async () => {
  const guest = await serveInstance({
    settings: { ...s3.settings, FILE_STORE: 's3', MAX_STORED_FILE_BYTES: '4096' },
  });
  try {
    const eve = await signUp(guest.url);
    requests.length = 0;
    expectProblem(await uploadFile(eve, 'a.txt', 'x'.repeat(5000)), 'LIMIT_REACHED');
    expect(requests).toEqual([]);
  } finally {
    await guest.close();
  }
});

test('the object of a file is removed with its chat, and with its account', async () => {
  const eve = await signUp(server.url);
  const ids: string[] = [];
  for (const name of ['sent.txt', 'unsent.txt']) {
    ids.push(Stored.parse((await uploadFile(eve, name, name)).body).id);
  }
  const { id: chatId } = await eve.rpc.chat.create.mutate({});
  await server.deps.db.insert(chatFiles).values({ chatId, fileId: ids[0] ?? '' });
  await server.deps.db
    .update(files)
    .set({ sentAt: sql`now()` })
    .where(eq(files.id, ids[0] ?? ''));
  await eve.rpc.protected.deleteAccount.mutate({ password: eve.password });
  await age();
  await removeDeleted(server.deps.database);
  await removeObjects(server.deps);
  const left = await keys();
  for (const id of ids) expect(left).not.toContain(`test/files/${id}`);
});

test('the setting needs a bucket', () => {
  expect(() => parseEnv({ FILE_STORE: 's3' })).toThrow('FILE_STORE: needs S3_BUCKET to be s3');
});
