import { isDeepStrictEqual } from 'node:util';
import { afterAll, describe, expect, test } from '@jest/globals';
import type { RawResponse } from '#test/hosts/masked';
import { type Line, recordCalls } from '#test/hosts/record-calls';
import { seed, seedSettings, type Way, WAYS } from '#test/hosts/seed';
import { procedures } from '#test/procedures';
import { startProviderServer } from '#test/provider-server';
import { copyInstallation, type Host, startServer } from '#test/server';

/** Headers of framing, compression and time, which depend on the host. */
const FRAMING = [
  'date',
  'connection',
  'keep-alive',
  'transfer-encoding',
  'content-length',
  'content-encoding',
];
/** The suffix of an ETag for a compressed body (RFC 9110, section 8.8.3.3). */
const COMPRESSED = /-(br|gzip)(?="$)/;
/** Headers that our handler adds to every response. The plain adapter does not have that handler. */
const ADDED_BY_HANDLER = [
  // In a streamed batch, the adapter sends its headers before a procedure can set this one.
  'www-authenticate',
  'x-request-id',
  'x-content-type-options',
  'cache-control',
  'retry-after',
  'ratelimit',
  'ratelimit-policy',
];
/** Entries that Next.js always adds to Vary. */
const VARY_OF_NEXT = /^(rsc|next-router-[\w-]+|accept-encoding)$/i;

/** Returns a response without the headers that a host adds. */
function own({ status, headers, body }: RawResponse, ignored: string[]): RawResponse {
  const kept = headers.filter(([name]) => !ignored.includes(name));
  return {
    status,
    headers: kept.flatMap(([name, value]): RawResponse['headers'] => {
      if (name !== 'vary') return [[name, name === 'etag' ? value.replace(COMPRESSED, '') : value]];
      const names = value.split(/, */).filter((varies) => !VARY_OF_NEXT.test(varies));
      return names.length > 0 ? [[name, names.join(', ')]] : [];
    }),
    body,
  };
}

/** The ignored headers and the tested ways of each host. */
const HOSTS: Record<Exclude<Host, 'serve' | 'bundle'>, { ignored: string[]; ways: readonly Way[] }> = {
  next: { ignored: FRAMING, ways: WAYS },
  // It serves only RPC.
  adapter: { ignored: [...FRAMING, ...ADDED_BY_HANDLER], ways: ['RPC', 'batch'] },
};

const provider = await startProviderServer();
afterAll(provider.close);

const original = await startServer(seedSettings(provider.url), 'serve');
const data = await seed(original);
await original.stop();
const since = Date.now();

async function recordOn(host: Host): Promise<Line[]> {
  const server = await startServer(await copyInstallation(original), host);
  try {
    return await recordCalls(server.url, data, since);
  } finally {
    await server.stop();
  }
}

const expected = await recordOn('serve');
const others = { next: await recordOn('next'), adapter: await recordOn('adapter') };

const statusesOf = (lines: Line[]) => [...new Set(lines.map(({ response }) => response.status))];

/** It succeeds only once per installation, which was when the seed was created. */
const ONCE = 'protected.claimAdmin';

test('every procedure succeeds in every way, and calls are rejected for every reason', () => {
  const ways = procedures.flatMap(({ name }) => WAYS.map((way) => ({ name, way })));
  const failing = ways.filter(({ name, way }) => {
    const statuses = statusesOf(expected.filter((line) => line.way === way && line.about === name));
    return name !== ONCE && statuses.length > 0 && Math.min(...statuses) >= 300;
  });
  expect(failing).toEqual([]);
  expect(statusesOf(expected)).toEqual(expect.arrayContaining([200, 201, 202, 204, 207, 400, 401, 403, 404]));
});

describe.each(['next', 'adapter'] as const)('under %s', (host) => {
  const { ignored, ways } = HOSTS[host];
  const linesOf = (lines: Line[], about: string) =>
    lines
      .filter((line) => line.about === about && ways.includes(line.way))
      .map((line) => ({ ...line, response: own(line.response, ignored) }));

  test.each([...new Set(expected.map(({ about }) => about))])(
    '%s has the same responses as under serve.ts',
    (about) => {
      const wanted = linesOf(expected, about);
      const lines = linesOf(others[host], about);
      expect(lines).toHaveLength(wanted.length);
      // Compares only the first difference, because a diff of all lines would have megabytes.
      const index = wanted.findIndex((line, at) => !isDeepStrictEqual(line, lines[at]));
      expect(lines[index]).toEqual(wanted[index]);
    },
  );
});
