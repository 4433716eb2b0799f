import assert from 'node:assert/strict';
import { type Account, caller, type Caller, signUpAdmin } from '#test/client';
import { uploadFile } from '#test/files';
import { pages } from '#test/page-paths';
import { callRest, type Endpoint, procedures } from '#test/procedures';
import { samplesOf } from '#test/samples';
import type { RunningServer } from '#test/server';

/** Files of the build that a page names: in its tags, and in the data of its server components. */
const FILE = /\/_next\/static\/[\w./~-]+\.(?:js|css)\b/g;
const QUESTION = 'How do I add a procedure?';
/** What the offline guide can only know from the documentation. */
const ANSWER = /appRouter|\.output\(/;
const isEnd = ({ name }: Endpoint) => name === 'protected.deleteAccount';

/** What was opened, for figures. */
export interface Opened {
  pages: number;
  files: number;
  procedures: number;
  succeeded: number;
}

async function statusOf(as: Caller, path: string): Promise<{ status: number; text: string }> {
  const response = await as.fetch(path, { redirect: 'manual' });
  return { status: response.status, text: await response.text() };
}

/** Opens every page and the files that it names. */
async function openPages(url: string, admin: Account): Promise<Pick<Opened, 'pages' | 'files'>> {
  const files = new Set<string>();
  const all = pages();
  for (const [route, { isPublic = false, status: expected = 200, path }] of all) {
    const visitor = isPublic ? caller(url) : admin;
    const { status, text } = await statusOf(visitor, path ? await path(admin) : route);
    assert.equal(status, expected, `${route} returned ${status}`);
    const named = text.match(FILE) ?? [];
    assert.notEqual(named.length, 0, `${route} names no files`);
    for (const file of named) files.add(file);
  }
  for (const file of [...files, '/icon.svg', '/manifest.webmanifest', '/docs', '/llms.txt']) {
    const { status } = await statusOf(caller(url), file);
    assert.equal(status, 200, `${file} returned ${status}`);
  }
  return { pages: all.length, files: files.size };
}

/** Calls every procedure over REST with valid input. Objects that it names do not exist. */
async function callProcedures(admin: Account): Promise<Pick<Opened, 'procedures' | 'succeeded'>> {
  let succeeded = 0;
  for (const endpoint of procedures.toSorted((a, b) => Number(isEnd(a)) - Number(isEnd(b)))) {
    const { status, body } = await callRest(admin, endpoint, samplesOf(endpoint).valid);
    assert.ok(status < 500, `${endpoint.name} returned ${status}: ${JSON.stringify(body)}`);
    if (status < 300) succeeded++;
  }
  assert.ok(succeeded > procedures.length / 3, `only ${succeeded} procedures succeeded`);
  return { procedures: procedures.length, succeeded };
}

/** Signs up, asks the offline guide, and reads its answer. @returns the admin. */
export async function signUpAndAsk(server: RunningServer): Promise<Account> {
  const admin = await signUpAdmin(server);
  const { id: chatId } = await admin.rpc.chat.create.mutate({});
  const { runId } = await admin.rpc.chat.send.mutate({ chatId, parts: [{ type: 'text', text: QUESTION }] });
  const { status, text } = await admin.rpc.chat.answer.query({ runId, waitSeconds: 30 });
  assert.equal(status, 'complete');
  assert.match(text, ANSWER, 'the offline guide does not know the documentation');
  return admin;
}

/** Opens everything that an installation serves. The account of the admin is deleted at the end. */
export async function openEverything(server: RunningServer, admin: Account): Promise<Opened> {
  const opened = await openPages(server.url, admin);
  const { status } = await uploadFile(admin, 'a.txt', 'text');
  assert.equal(status, 201);
  return { ...opened, ...(await callProcedures(admin)) };
}
