import {
  copyFileSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { filesUnder } from '../../scripts/bundle/files.ts';
import { runProgram } from '#test/run-program';

const ROOT = join(import.meta.dirname, '../..');
/** The release of Debian that Dockerfile names, and what its slim images leave out. */
const RELEASE = 'trixie';
const NOT_IN_SLIM = ['usr/share/doc', 'usr/share/info', 'usr/share/man', 'usr/share/locale'];
const CACHES = ['var/cache/apt', 'var/lib/apt/lists', 'var/log'];
/** Kept for the next run, because it takes a minute. */
const CACHE = join(ROOT, 'node_modules/.cache/image-base');
const [BASE, NODE, IMAGE] = ['localhost/base:test', 'localhost/node:test', 'localhost/switchboard:test'];

const Config = z.object({
  Docker: z.object({
    config: z.object({
      User: z.string(),
      Env: z.array(z.string()),
      Cmd: z.array(z.string()),
      Healthcheck: z.object({ Test: z.array(z.string()) }),
      Volumes: z.record(z.string(), z.unknown()),
      WorkingDir: z.string(),
      ExposedPorts: z.record(z.string(), z.unknown()),
      Labels: z.record(z.string(), z.string()),
    }),
  }),
});
export type ImageConfig = z.output<typeof Config>['Docker']['config'];

/** A built image. */
export interface Image {
  config: ImageConfig;
  /** The folder of its root. */
  root: string;
  /** The size of its files, in bytes. */
  bytes: number;
  buildSeconds: number;
  remove: () => Promise<void>;
}

/** Writes a root of Debian like that of its slim images, which has no Node.js. */
async function writeBase(): Promise<string> {
  const folder = join(CACHE, RELEASE);
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.${process.pid}`;
  mkdirSync(CACHE, { recursive: true });
  try {
    await runProgram('/', ['debootstrap', '--variant=minbase', RELEASE, unfinished]);
    for (const name of [...NOT_IN_SLIM, ...CACHES]) {
      rmSync(join(unfinished, name), { recursive: true, force: true });
    }
    renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return folder;
}

/**
 * Writes what the image of Node.js adds to its base: Node.js and npm. Also how npm reaches its registry from this machine.
 * @returns the settings of its environment.
 */
async function writeNode(folder: string): Promise<string[]> {
  const cli = process.env['npm_execpath'];
  if (cli === undefined) throw new Error('The image is built by npm: use npm run test:operations.');
  const local = join(folder, 'usr/local');
  for (const name of ['bin', 'lib/node_modules', 'etc']) mkdirSync(join(local, name), { recursive: true });
  copyFileSync(realpathSync(join(ROOT, 'node_modules/node/bin/node')), join(local, 'bin/node'));
  cpSync(join(dirname(realpathSync(cli)), '..'), join(local, 'lib/node_modules/npm'), { recursive: true });
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(local, 'bin/npm'));
  const registry = await runProgram(ROOT, [process.execPath, cli, 'config', 'get', 'registry']);
  writeFileSync(join(local, 'etc/npmrc'), `registry=${registry.trim()}\n`);
  const { NODE_EXTRA_CA_CERTS: authorities } = process.env;
  if (!authorities) return [];
  copyFileSync(authorities, join(local, 'etc/authorities.pem'));
  return ['--env', 'NODE_EXTRA_CA_CERTS=/usr/local/etc/authorities.pem'];
}

/** Returns the sum of the sizes of the files in a folder. */
function sizeOf(folder: string): number {
  return filesUnder('', folder).reduce((sum, name) => sum + lstatSync(join(folder, name)).size, 0);
}

/**
 * Builds the image from Dockerfile with buildah, without a daemon and without a registry of images: both bases are made
 * here. The build stage installs the packages and builds the product.
 * @throws {Error} with the output of the build if it fails.
 */
export async function buildImage(): Promise<Image> {
  const folder = mkdtempSync(join(tmpdir(), 'switchboard-image-'));
  const storage = ['--root', join(folder, 'storage'), '--runroot', join(folder, 'run')];
  const buildah = async (...args: string[]) => {
    const [command = '', ...rest] = args;
    return (await runProgram(ROOT, ['buildah', ...storage, command, ...rest])).trim();
  };
  const remove = async () => {
    await buildah('umount', '--all').catch(() => undefined);
    await buildah('rm', '--all').catch(() => undefined);
    rmSync(folder, { recursive: true, force: true });
  };
  const commit = async (from: string, content: string, name: string, options: string[] = []) => {
    const container = await buildah('from', '--pull-never', from);
    await buildah('copy', '--quiet', container, content, '/');
    if (options.length > 0) await buildah('config', ...options, container);
    await buildah('commit', '--quiet', '--rm', container, name);
  };
  try {
    const node = join(folder, 'node');
    const environment = await writeNode(node);
    await commit('scratch', await writeBase(), BASE);
    await commit(BASE, node, NODE, environment);

    const bases = ['--build-arg', `NODE_IMAGE=${NODE}`, '--build-arg', `BASE_IMAGE=${BASE}`];
    const options = ['--pull-never', '--isolation', 'chroot', '--format', 'docker', '--tag', IMAGE];
    const began = performance.now();
    await buildah('bud', '--quiet', ...options, ...bases, '.');
    const buildSeconds = Math.round((performance.now() - began) / 1000);
    const { Docker } = Config.parse(JSON.parse(await buildah('inspect', '--type', 'image', IMAGE)));
    const root = await buildah('mount', await buildah('from', '--pull-never', IMAGE));
    return { config: Docker.config, root, bytes: sizeOf(root), buildSeconds, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
