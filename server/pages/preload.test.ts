import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { preloadPages } from './preload.ts';

const folder = mkdtempSync(join(tmpdir(), 'switchboard-preload-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

test('loads each page in a turn of its own, no routes, and all pages if one of them is broken', async () => {
  const server = join(folder, 'server');
  mkdirSync(server);
  const manifest = {
    '/a/page': 'a.js',
    '/broken/page': 'broken.js',
    '/api/route': 'route.js',
    '/b/page': 'b.js',
  };
  writeFileSync(join(server, 'app-paths-manifest.json'), JSON.stringify(manifest));
  writeFileSync(join(server, 'package.json'), '{"type":"commonjs"}');
  for (const name of Object.values(manifest)) {
    writeFileSync(join(server, name), `require('./loaded.json').push('${name}')`);
  }
  writeFileSync(join(server, 'broken.js'), "throw new Error('broken')");
  writeFileSync(join(server, 'loaded.json'), '[]');
  const loaded: unknown = createRequire(join(server, 'x.js'))('./loaded.json');

  const counts: number[] = [];
  const count = () => counts.push(z.array(z.string()).parse(loaded).length);
  const loading = preloadPages(folder);
  for (let turns = 0; turns < 20; turns++) {
    await turn();
    count();
  }
  await loading;
  expect(loaded).toEqual(['a.js', 'b.js']);
  expect(counts).toContain(1);
});
