import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { parseEnv, settings } from '#server/env';
import { evaluate } from '../scripts/testkit.ts';

const ROOT = join(import.meta.dirname, '..');
const read = (name: string) => readFileSync(join(ROOT, name), 'utf8');

/** Returns the documents of a YAML file, which must have no error and no warning. */
function yaml(name: string): unknown[] {
  return parseAllDocuments(read(name)).map((document) => {
    expect([...document.errors, ...document.warnings]).toEqual([]);
    return document.toJS();
  });
}

const Compose = z.object({
  services: z.record(
    z.string(),
    z.looseObject({
      image: z.string().optional(),
      environment: z.record(z.string(), z.string()).optional(),
      ports: z.array(z.string()).default([]),
      networks: z.array(z.string()),
      volumes: z.array(z.string()),
      stop_grace_period: z.string(),
      read_only: z.boolean(),
      cap_drop: z.array(z.string()),
      security_opt: z.array(z.string()),
    }),
  ),
  networks: z.record(z.string(), z.object({ internal: z.boolean() })),
});
const Probe = z.object({ httpGet: z.object({ path: z.string(), port: z.string() }) });
const Variable = z.object({
  name: z.string(),
  value: z.string().optional(),
  valueFrom: z.unknown().optional(),
});
const Deployment = z.object({
  spec: z.object({
    template: z.object({
      spec: z.object({
        terminationGracePeriodSeconds: z.number(),
        securityContext: z.looseObject({
          runAsUser: z.number(),
          runAsGroup: z.number(),
          runAsNonRoot: z.boolean(),
        }),
        containers: z.tuple([
          z.looseObject({
            image: z.string(),
            env: z.array(Variable),
            ports: z.array(z.object({ name: z.string(), containerPort: z.number() })),
            startupProbe: Probe,
            livenessProbe: Probe,
            readinessProbe: Probe,
            volumeMounts: z.array(z.object({ name: z.string(), mountPath: z.string() })),
          }),
        ]),
      }),
    }),
  }),
});

const [compose] = yaml('compose.yaml').map((document) => Compose.parse(document));
const [deployment, service] = yaml('deploy/kubernetes.yaml');
const pod = Deployment.parse(deployment).spec.template.spec;
const [app] = pod.containers;
const dockerfile = read('Dockerfile')
  .replaceAll(/^#.*\n/gm, '')
  .replaceAll(/\\\n\s*/g, '');
/** Returns the rests of the lines of Dockerfile with an instruction. */
const instructions = (name: string) =>
  [...dockerfile.matchAll(new RegExp(`^${name} (.+)$`, 'gm'))].map(([, rest = '']) => rest);
/** Splits `NAME=value`. */
function splitPair(pair: string): [string, string] {
  const [name = '', value = ''] = pair.split('=');
  return [name, value];
}
const environment: Record<string, string> = Object.fromEntries(
  instructions('ENV').flatMap((line) => line.split(' ').map((pair) => splitPair(pair))),
);
const version = z.object({ version: z.string() }).parse(JSON.parse(read('package.json'))).version;
const isSecret = (name: string) => /SECRET|KEY|PASSWORD|TOKEN|DATABASE_URL/.test(name);

describe('Dockerfile, compose.yaml and deploy/', () => {
  test('name only settings that the server has', () => {
    const used = [
      ...Object.keys(environment),
      ...Object.keys(compose?.services['app']?.environment ?? {}),
      ...app.env.map(({ name }) => name),
      ...['deploy/nginx.conf', 'deploy/Caddyfile', 'deploy/traefik.yaml'].flatMap(
        (name) => read(name).match(/\b[A-Z]+(?:_[A-Z]+)+\b/g) ?? [],
      ),
    ];
    const known = new Set([...settings().map(({ name }) => name), 'NODE_COMPILE_CACHE']);
    expect(used.length).toBeGreaterThan(15);
    expect(used.filter((name) => !known.has(name))).toEqual([]);
  });

  test('have values that the server accepts', () => {
    const { NODE_COMPILE_CACHE = '', ...image } = environment;
    expect(NODE_COMPILE_CACHE).toMatch(new RegExp(`^${image['DATA_DIR']}/`));
    expect(parseEnv(image)).toMatchObject({ NODE_ENV: 'production', PORT: 3000 });
    const values = app.env.flatMap(({ name, value }) =>
      value === undefined ? [] : [[name, value] as const],
    );
    expect(() => parseEnv(Object.fromEntries(values))).not.toThrow();
  });

  describe('take secrets that', () => {
    test('have no value and no default, and the message says how to create them', () => {
      const variables = Object.values(compose?.services ?? {}).flatMap(({ environment: own = {} }) =>
        Object.entries(own),
      );
      const secrets = variables.filter(([name]) => isSecret(name));
      expect(secrets.map(([name]) => name).toSorted()).toEqual(
        ['AUTH_SECRET', 'DATABASE_URL', 'ENCRYPTION_KEY', 'POSTGRES_PASSWORD'].toSorted(),
      );
      for (const [, value] of secrets)
        expect(value).toMatch(/\$\{\w+:\?Make one with `openssl rand -(base64|hex) 32`/);
      expect(read('compose.yaml')).not.toMatch(/\$\{\w+:?[-+=]/);
    });

    test('come from a Secret of Kubernetes', () => {
      const secrets = app.env.filter(({ name }) => isSecret(name));
      expect(secrets.map(({ name }) => name)).toEqual(['AUTH_SECRET', 'ENCRYPTION_KEY', 'DATABASE_URL']);
      for (const { name, value, valueFrom } of secrets) {
        expect(value).toBeUndefined();
        expect(valueFrom).toEqual({ secretKeyRef: { name: 'switchboard', key: name } });
      }
    });

    test('are not in the image', () => {
      expect([...instructions('ARG'), ...instructions('ENV')].filter(isSecret)).toEqual([]);
      const ignored = read('.dockerignore').split('\n');
      const needed = ['.git', '**/.env', '**/.env.*', '**/.data', '**/node_modules', '**/.next', '**/dist'];
      expect(ignored).toEqual(expect.arrayContaining(needed));
    });
  });

  test('use the same port', () => {
    const port = settings().find(({ name }) => name === 'PORT')?.fallback;
    expect(environment['PORT']).toBe(port);
    expect(instructions('EXPOSE')).toEqual([port]);
    expect(compose?.services['app']?.environment?.['PORT']).toBe(port);
    expect(compose?.services['app']?.ports).toEqual([`127.0.0.1:${port}:${port}`]);
    expect(app.ports).toEqual([{ name: 'http', containerPort: Number(port) }]);
    expect(service).toMatchObject({ kind: 'Service', spec: { ports: [{ targetPort: 'http' }] } });
    for (const name of ['nginx.conf', 'Caddyfile', 'traefik.yaml']) {
      expect(read(`deploy/${name}`)).toContain(`127.0.0.1:${port}`);
    }
  });

  test('use the same version, folder and user', () => {
    const [node = '', base = ''] = instructions('ARG');
    expect(node).toMatch(
      new RegExp(`^NODE_IMAGE=docker.io/library/node:${read('.nvmrc').trim()}-[a-z]+-slim$`),
    );
    expect(base).toMatch(/^BASE_IMAGE=docker\.io\/library\/debian:\d+\.\d+-slim$/);
    expect(compose?.services['postgres']?.image).toMatch(/^docker\.io\/library\/postgres:\d+\.\d+-[a-z]+$/);
    expect(dockerfile).toContain(`org.opencontainers.image.version="${version}"`);
    expect(app.image).toMatch(new RegExp(`:${version}$`));

    const folder = environment['DATA_DIR'];
    expect(instructions('VOLUME')).toEqual([folder]);
    expect(compose?.services['app']).toMatchObject({
      environment: { DATA_DIR: folder },
      volumes: [`data:${folder}`],
    });
    expect(app.volumeMounts).toEqual([
      { name: 'data', mountPath: folder },
      { name: 'tmp', mountPath: '/tmp' },
    ]);
    const { runAsUser, runAsGroup, runAsNonRoot } = pod.securityContext;
    expect([instructions('USER'), runAsNonRoot]).toEqual([[`${runAsUser}:${runAsGroup}`], true]);
  });

  test('run Node.js itself, with the options of npm start, and give it time to stop', async () => {
    const options = z.array(z.string()).parse(await evaluate('setup.mjs', 'script.SERVER_OPTIONS'));
    expect(instructions('CMD').map((text) => JSON.parse(text) as unknown)).toEqual([
      ['node', ...options, '.'],
    ]);
    expect(instructions('ENTRYPOINT')).toEqual([]);
    expect(compose?.services['app']?.stop_grace_period).toBe('60s');
    expect(pod.terminationGracePeriodSeconds).toBe(60);
  });

  test('restart nothing because of the database', () => {
    const [health = ''] = instructions('HEALTHCHECK');
    expect(health).toContain(`:' + process.env.PORT + '/api/health'`);
    expect(health).not.toContain('/api/ready');
    expect(app.startupProbe.httpGet.path).toBe('/api/health');
    expect(app.livenessProbe.httpGet.path).toBe('/api/health');
    expect(app.readinessProbe.httpGet.path).toBe('/api/ready');
  });

  test('give containers no rights that they do not need, and the database no port', () => {
    for (const each of Object.values(compose?.services ?? {})) {
      expect(each).toMatchObject({
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
      });
    }
    expect(compose?.services['postgres']).toMatchObject({ ports: [], networks: ['database'] });
    expect(compose?.networks).toEqual({ database: { internal: true } });
  });

  test('tell the server who calls, and buffer no response', () => {
    yaml('deploy/traefik.yaml');
    const nginx = read('deploy/nginx.conf');
    for (const name of ['For', 'Host', 'Proto'])
      expect(nginx).toContain(`proxy_set_header X-Forwarded-${name} `);
    expect(nginx).toMatch(/proxy_buffering off;/);
    expect(nginx).toMatch(/gzip off;/);
  });
});
