import { isDeepStrictEqual } from 'node:util';
import { afterAll, describe, expect, test } from '@jest/globals';
import type { RawAnswer } from '#test/hosts/masked';
import { type Line, play } from '#test/hosts/play';
import { seed, seedSettings, type Way, WAYS } from '#test/hosts/seed';
import { procedures } from '#test/procedures';
import { startProviderServer } from '#test/provider-server';
import { copyInstallation, type Host, startServer } from '#test/server';

/** How a message is told from the next on its connection, how small it is made, and when it is sent: the host's business. */
const FRAMING = [
  'date',
  'connection',
  'keep-alive',
  'transfer-encoding',
  'content-length',
  'content-encoding',
];
/** What tells the tag of a compressed body from that of the body (RFC 9110, section 8.8.3.3). */
const COMPRESSED = /-(br|gzip)(?="$)/;
/** What the product's handler adds to every answer; the plain adapter has no handler around it. */
const ADDED_BY_HANDLER = [
  'x-request-id',
  'x-content-type-options',
  'cache-control',
  'retry-after',
  'ratelimit',
  'ratelimit-policy',
];
/** Next.js names in Vary what its own answers depend on, whatever the route does. */
const VARY_OF_NEXT = /^(rsc|next-router-[\w-]+|accept-encoding)$/i;

/** An answer without the headers that are not the product's on some host. */
function own({ status, headers, body }: RawAnswer, but: string[]): RawAnswer {
  const told = headers.filter(([name]) => !but.includes(name));
  return {
    status,
    headers: told.flatMap(([name, value]): RawAnswer['headers'] => {
      if (name !== 'vary') return [[name, name === 'etag' ? value.replace(COMPRESSED, '') : value]];
      const names = value.split(/, */).filter((varies) => !VARY_OF_NEXT.test(varies));
      return names.length > 0 ? [[name, names.join(', ')]] : [];
    }),
    body,
  };
}

/** What of the answers of each host is the product's. */
const HOSTS: Record<Exclude<Host, 'serve'>, { but: string[]; ways: readonly Way[] }> = {
  next: { but: FRAMING, ways: WAYS },
  // It serves RPC only.
  adapter: { but: [...FRAMING, ...ADDED_BY_HANDLER], ways: ['RPC', 'batch'] },
};

const provider = await startProviderServer();
afterAll(provider.close);

const original = await startServer(seedSettings(provider.url), 'serve');
const data = await seed(original);
await original.stop();
const since = Date.now();

async function playOn(host: Host): Promise<Line[]> {
  const server = await startServer(await copyInstallation(original), host);
  try {
    return await play(server.url, data, since);
  } finally {
    await server.stop();
  }
}

const expected = await playOn('serve');
const others = { next: await playOn('next'), adapter: await playOn('adapter') };

const statusesOf = (lines: Line[]) => [...new Set(lines.map(({ answer }) => answer.status))];

/** It succeeds once in an installation, which was when the seed was made. */
const ONCE = 'protected.claimAdmin';

test('every procedure succeeds in every way, and calls are refused for every reason', () => {
  const ways = procedures.flatMap(({ name }) => WAYS.map((way) => ({ name, way })));
  const failing = ways.filter(({ name, way }) => {
    const statuses = statusesOf(expected.filter((line) => line.way === way && line.about === name));
    return name !== ONCE && statuses.length > 0 && Math.min(...statuses) >= 300;
  });
  expect(failing).toEqual([]);
  expect(statusesOf(expected)).toEqual(expect.arrayContaining([200, 201, 202, 204, 207, 400, 401, 403, 404]));
});

describe.each(['next', 'adapter'] as const)('under %s', (host) => {
  const { but, ways } = HOSTS[host];
  const linesOf = (lines: Line[], about: string) =>
    lines
      .filter((line) => line.about === about && ways.includes(line.way))
      .map((line) => ({ ...line, answer: own(line.answer, but) }));

  test.each([...new Set(expected.map(({ about }) => about))])('%s answers as under serve.ts', (about) => {
    const wanted = linesOf(expected, about);
    const lines = linesOf(others[host], about);
    expect(lines).toHaveLength(wanted.length);
    // One that differs is told well; all of them would be told in megabytes.
    const index = wanted.findIndex((line, at) => !isDeepStrictEqual(line, lines[at]));
    expect(lines[index]).toEqual(wanted[index]);
  });
});
