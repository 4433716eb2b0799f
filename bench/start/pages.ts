import { readdirSync, statSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { putLoad } from '../api/load.ts';
import { residentBytes } from '../lib/proc.ts';
import { ROOT } from '../lib/process.ts';
import { type Served, start, type SystemName } from './systems.ts';

/** The `Accept-Encoding` of Chromium. */
const BROWSER_ENCODINGS = 'gzip, deflate, br, zstd';
const WARM_UP_SECONDS = 1;
const TIMEOUT_MS = 10_000;
const CHUNKS = '.next/static/chunks';

/** Returns the URL path of the build's file with this suffix whose size in bytes is closest to `size`. */
function chunk(suffix: string, size: number): string {
  const distance = (name: string) => Math.abs(statSync(join(ROOT, CHUNKS, name)).size - size);
  const [best = ''] = readdirSync(join(ROOT, CHUNKS))
    .filter((name) => name.endsWith(suffix))
    .toSorted((a, b) => distance(a) - distance(b));
  return `/_next/static/chunks/${best}`;
}

/** A request to measure. */
export interface Workload {
  title: string;
  path: string;
  status: number;
  connections: number;
  encoding: string;
  /** Sends the entity tag in `If-None-Match`, as a browser with the file in its cache. */
  isCached?: true;
}

const SCRIPT = chunk('.js', 200_000);
const page = { status: 200, connections: 50, encoding: BROWSER_ENCODINGS };

export const WORKLOADS: readonly Workload[] = [
  { ...page, title: 'landing page', path: '/' },
  { ...page, title: 'landing page, 1 connection', path: '/', connections: 1 },
  { ...page, title: 'chats of a signed-in user', path: '/chat' },
  { ...page, title: 'chats, 1 connection', path: '/chat', connections: 1 },
  { ...page, title: 'page of an unknown path (404)', path: '/no-such-page', status: 404 },
  { ...page, title: 'icon, 373 bytes', path: '/icon.svg' },
  { ...page, title: 'script, 200 kB', path: SCRIPT },
  { ...page, title: 'script, 200 kB, not compressed', path: SCRIPT, encoding: 'identity' },
  { ...page, title: 'script, cached (304)', path: SCRIPT, status: 304, isCached: true },
  { ...page, title: 'script, under 1 kB', path: chunk('.js', 600) },
];

/** The result of a round. */
export interface Round {
  requestsPerSecond: number;
  p99Ms: number;
  /** The size of one response body as transferred, in bytes. */
  bytes: number;
}

/** Runs one round of one system. @returns the result of every workload, and the resident memory after them in bytes. */
export async function measurePages(
  name: SystemName,
  seconds: number,
): Promise<{ rounds: Map<Workload, Round>; resident: number }> {
  const served = await start(name);
  try {
    const rounds = new Map<Workload, Round>();
    for (const workload of WORKLOADS) rounds.set(workload, await measure(served, workload, seconds));
    return { rounds, resident: residentBytes(served.pid) };
  } finally {
    await served.stop();
  }
}

async function measure(served: Served, workload: Workload, seconds: number): Promise<Round> {
  const { path, status, connections, encoding, isCached } = workload;
  const { origin, pid, cookie } = served;
  const plain = { cookie, 'accept-encoding': encoding };
  const sample = await fetchSample(`${origin}${path}`, plain);
  const headers = { ...plain, ...(isCached && { 'if-none-match': sample.etag }) };
  const calls = [{ path, method: 'GET' as const, status, headers }];
  const order = { calls, headers: {}, connections, origin, pid, seconds };
  const { requestsPerSecond, p99Ms } = await putLoad({ ...order, warmUpSeconds: WARM_UP_SECONDS });
  return { requestsPerSecond, p99Ms, bytes: isCached ? 0 : sample.bytes };
}

/** Sends one request. @returns the entity tag of the response, and the size of its body as transferred. */
async function fetchSample(
  url: string,
  headers: Record<string, string>,
): Promise<{ bytes: number; etag: string }> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, { headers, signal, agent: false }, resolve).on('error', reject);
  });
  const { byteLength } = await buffer(response);
  return { bytes: byteLength, etag: response.headers.etag ?? '' };
}
