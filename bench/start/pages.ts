import { readdirSync, statSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { putLoad } from '../api/load.ts';
import { residentBytes } from '../lib/proc.ts';
import { ROOT } from '../lib/process.ts';
import { type Served, start, type SystemName } from './systems.ts';

/** As Chromium sends it. */
const BROWSER = 'gzip, deflate, br, zstd';
const WARM_UP_SECONDS = 1;
const ANSWER_LIMIT_MS = 10_000;
const CHUNKS = '.next/static/chunks';

/** A file of the build of about a size, in bytes. */
function chunk(suffix: string, size: number): string {
  const distance = (name: string) => Math.abs(statSync(join(ROOT, CHUNKS, name)).size - size);
  const [best = ''] = readdirSync(join(ROOT, CHUNKS))
    .filter((name) => name.endsWith(suffix))
    .toSorted((a, b) => distance(a) - distance(b));
  return `/_next/static/chunks/${best}`;
}

/** What is asked for. */
export interface Workload {
  title: string;
  path: string;
  status: number;
  connections: number;
  encoding: string;
  /** The request says that it has the file already. */
  isKnown?: true;
}

const SCRIPT = chunk('.js', 200_000);
const page = { status: 200, connections: 50, encoding: BROWSER };

export const WORKLOADS: readonly Workload[] = [
  { ...page, title: 'landing page', path: '/' },
  { ...page, title: 'landing page, 1 connection', path: '/', connections: 1 },
  { ...page, title: 'chats of a signed-in person', path: '/chat' },
  { ...page, title: 'chats, 1 connection', path: '/chat', connections: 1 },
  { ...page, title: 'page of an unknown path (404)', path: '/no-such-page', status: 404 },
  { ...page, title: 'icon, 373 bytes', path: '/icon.svg' },
  { ...page, title: 'script, 200 kB', path: SCRIPT },
  { ...page, title: 'script, 200 kB, not compressed', path: SCRIPT, encoding: 'identity' },
  { ...page, title: 'script, known (304)', path: SCRIPT, status: 304, isKnown: true },
  { ...page, title: 'script, under 1 kB', path: chunk('.js', 600) },
];

/** What a round came to. */
export interface Round {
  requestsPerSecond: number;
  p99Ms: number;
  /** The body of one answer as it goes over the wire, in bytes. */
  bytes: number;
}

/** One round of one system: what every workload came to, and the resident memory after them, in bytes. */
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
  const { path, status, connections, encoding, isKnown } = workload;
  const { origin, pid, cookie } = served;
  const asked = { cookie, 'accept-encoding': encoding };
  const sample = await ask(`${origin}${path}`, asked);
  const headers = { ...asked, ...(isKnown && { 'if-none-match': sample.etag }) };
  const order = { path, method: 'GET' as const, status, connections, headers, origin, pid, seconds };
  const { requestsPerSecond, p99Ms } = await putLoad({ ...order, warmUpSeconds: WARM_UP_SECONDS });
  return { requestsPerSecond, p99Ms, bytes: isKnown ? 0 : sample.bytes };
}

/** One answer, its body as it comes over the wire. */
async function ask(url: string, headers: Record<string, string>): Promise<{ bytes: number; etag: string }> {
  const signal = AbortSignal.timeout(ANSWER_LIMIT_MS);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, { headers, signal, agent: false }, resolve).on('error', reject);
  });
  const { byteLength } = await buffer(response);
  return { bytes: byteLength, etag: response.headers.etag ?? '' };
}
