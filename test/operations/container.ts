import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chownSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signIn, signUpAdmin } from '#test/client';
import { png, uploadFile } from '#test/files';
import { createEmpty, dropDatabases } from '#test/postgres-databases';
import { firstLine, installPrograms } from './debian.ts';
import { buildImage, type Image } from './image.ts';
import { signUpAndAsk } from './installation.ts';
import { isReachable } from './postgres.ts';
import type { Circumstances } from './part.ts';
import { type Container, runImage } from './run-image.ts';

const MB = 1_000_000;
/** The largest size of the image, in bytes. */
const LIMIT = 350 * MB;
/** A secret as compose.yaml asks for. */
const secret = () => randomBytes(32).toString('base64');

/** Checks what the image promises to those who run it. */
function checkConfig({ config }: Image): void {
  assert.match(config.User, /^\d{4,}:\d{4,}$/, 'it runs as root, or as a user whose number is not known');
  assert.deepEqual(config.Cmd[0], 'node');
  assert.deepEqual(Object.keys(config.Volumes), ['/data']);
  assert.deepEqual(Object.keys(config.ExposedPorts), ['3000/tcp']);
  for (const name of ['title', 'description', 'version', 'licenses']) {
    assert.ok(config.Labels[`org.opencontainers.image.${name}`], `it has no label ${name}`);
  }
  const secrets = config.Env.filter((line) => /SECRET|KEY|PASSWORD|TOKEN/i.test(line));
  assert.deepEqual(secrets, [], 'its environment has secrets');
}

/** Checks what a program in a container may do. */
async function checkRights({ exec }: Container, { config }: Image): Promise<void> {
  const program = `
    const { readFileSync, writeFileSync } = require('node:fs');
    const failure = (path) => { try { writeFileSync(path, ''); return ''; } catch ({ code }) { return code; } };
    const status = readFileSync('/proc/1/status', 'utf8');
    console.log(JSON.stringify({
      user: process.getuid() + ':' + process.getgid(),
      groups: process.getgroups().length,
      first: readFileSync('/proc/1/cmdline', 'utf8').split('\\0')[0],
      capabilities: /CapEff:\\s+(\\w+)/.exec(status)[1],
      noNewPrivileges: /NoNewPrivs:\\s+(\\d)/.exec(status)[1],
      app: failure('/app/a'), system: failure('/usr/a'), data: failure('/data/a'), temporary: failure('/tmp/a'),
    }));`;
  const { output } = await exec('node', '--eval', program);
  const rights: unknown = JSON.parse(output);
  assert.deepEqual(rights, {
    user: config.User,
    groups: 1,
    first: 'node',
    capabilities: '0000000000000000',
    noNewPrivileges: '1',
    ...{ app: 'EROFS', system: 'EROFS', data: '', temporary: '' },
  });
}

/** Runs the command of HEALTHCHECK. @returns its exit code. */
async function checkHealth({ config }: Image, exec: Container['exec']): Promise<number | null> {
  const [kind, ...command] = config.Healthcheck.Test;
  assert.equal(kind, 'CMD', 'HEALTHCHECK needs a shell');
  return (await exec(...command)).code;
}

/** Signs up, asks, uploads, runs commands and stops, twice, on the embedded database. */
async function serveEmbedded(image: Image, volume: string, report: (line: string) => void): Promise<void> {
  const health: (number | null)[] = [];
  const first = await runImage(image, volume, {}, async (exec) => {
    health.push(await checkHealth(image, exec));
  });
  const account = await signUpAndAsk(first);
  health.push(await checkHealth(image, first.exec));
  assert.deepEqual(health, [1, 0], 'HEALTHCHECK must fail while the server starts, and then succeed');
  await checkRights(first, image);
  assert.equal((await uploadFile(account, 'a.png', png())).status, 201);
  const list = await first.exec('node', 'admin.ts', 'account', 'list');
  assert.equal(list.code, 0, list.output);
  assert.match(list.output, new RegExp(account.email));
  const backup = await first.exec('node', 'admin.ts', 'backup', '/data/a.zip');
  assert.equal(backup.code, 0, backup.output);
  assert.equal(await first.stop(), 0, first.log());

  const second = await runImage(image, volume, {});
  await signIn(second.url, account);
  assert.equal(await second.stop(), 0, second.log());
  report(`ready after ${first.readyMs} ms with an empty volume, ${second.readyMs} ms after a restart`);
}

/**
 * Serves by two instances on Postgres with the settings of compose.yaml.
 * @param volumes the volume of each instance.
 * @returns the time until each was ready, in milliseconds.
 */
async function servePostgres(
  image: Image,
  volumes: readonly [string, string],
  server: string,
): Promise<number[]> {
  try {
    const DATABASE_URL = await createEmpty(server, process.pid, 'container');
    const settings = { DATABASE_URL, AUTH_SECRET: secret(), ENCRYPTION_KEY: secret() };
    const first = await runImage(image, volumes[0], settings);
    const account = await signUpAdmin(first);
    assert.match((await first.exec('node', 'admin.ts', 'account', 'list')).output, new RegExp(account.email));
    const second = await runImage(image, volumes[1], settings);
    const there = await signIn(second.url, account);
    const { id } = await account.rpc.chat.create.mutate({ title: 'Begun on the first' });
    assert.equal((await there.rpc.chat.get.query({ id })).title, 'Begun on the first');
    // The second one continues without the first.
    assert.equal(await first.stop(), 0, first.log());
    assert.equal((await there.rpc.chat.list.query({})).items.length, 1);
    assert.equal(await second.stop(), 0, second.log());
    return [first.readyMs, second.readyMs];
  } finally {
    await dropDatabases(server, process.pid);
  }
}

/**
 * Builds the image without a registry of images, and runs its root as a runtime of containers does: as its user, as
 * process 1, and without a right to write anywhere but on its volume and in /tmp.
 */
export async function container({ server, report }: Circumstances): Promise<void> {
  await installPrograms({ buildah: 'buildah', debootstrap: 'debootstrap' });
  report(await firstLine('buildah', '--version'));
  const folder = mkdtempSync(join(tmpdir(), 'switchboard-volumes-'));
  const image = await buildImage();
  const createVolume = (name: string) => {
    const path = join(folder, name);
    mkdirSync(path, { mode: 0o700 });
    const [user, group] = image.config.User.split(':').map(Number);
    chownSync(path, user ?? 0, group ?? 0);
    return path;
  };
  try {
    checkConfig(image);
    report(`built in ${image.buildSeconds} s`);
    report(`${(image.bytes / MB).toFixed(0)} MB with Node.js and Debian`);
    assert.ok(image.bytes < LIMIT, 'the image is too large');
    await serveEmbedded(image, createVolume('embedded'), report);
    if (await isReachable(server)) {
      const volumes = [createVolume('first'), createVolume('second')] as const;
      const [empty, joined] = await servePostgres(image, volumes, server);
      report(`ready after ${empty} ms on an empty Postgres, a second instance after ${joined} ms`);
    } else report('no Postgres server responds');
  } finally {
    await image.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}
