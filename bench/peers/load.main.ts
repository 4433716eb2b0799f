/** Puts load on a server as described by its argument, a `LoadOrder`, and prints the result. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import autocannon from 'autocannon';
import type { LoadOrder, Measured } from '../api/load.ts';
import { cpuSeconds } from '../lib/proc.ts';

const CONNECTIONS = 50;
const OWN_WARM_UP_SECONDS = 2;
const US_PER_SECOND = 1e6;
const NS_PER_US = 1000n;

const order = JSON.parse(process.argv[2] ?? '') as LoadOrder;
const { calls, headers, connections = CONNECTIONS } = order;
const requests = calls.map(({ method, path, headers, body }) => ({
  method,
  path,
  headers,
  ...(body !== undefined && { body }),
}));
const expected = new Set(calls.map(({ status }) => String(status)));

async function load(url: string, duration: number): Promise<autocannon.Result> {
  let started = 0;
  /** Lets each connection start at another call. */
  const setupClient = (client: autocannon.Client) => {
    const from = Math.floor((started++ * requests.length) / connections) % requests.length;
    client.setRequests([...requests.slice(from), ...requests.slice(0, from)].map((each) => ({ ...each })));
  };
  const result = await autocannon({ url, headers, connections, duration, setupClient });
  const { errors, timeouts } = result;
  const statuses = Object.keys(result.statusCodeStats ?? {});
  if (errors > 0 || timeouts > 0 || statuses.some((each) => !expected.has(each))) {
    throw new Error(
      `${calls[0]?.path}: ${errors} errors, ${timeouts} timeouts, statuses ${statuses.join(', ')}.`,
    );
  }
  return result;
}

/** Lets Node.js compile the load generator, without a request to the measured server. */
async function warmUpAlone(): Promise<void> {
  const server = createServer((_req, res) => {
    res.writeHead(calls[0]?.status ?? 200).end('{}');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  await load(`http://127.0.0.1:${port}`, OWN_WARM_UP_SECONDS);
  server.closeAllConnections();
  server.close();
}

const nowUs = () => Number(process.hrtime.bigint() / NS_PER_US);

await (order.warmUpSeconds > 0 ? load(order.origin, order.warmUpSeconds) : warmUpAlone());
const serverBefore = cpuSeconds(order.pid);
const ownBefore = process.cpuUsage();
const fromUs = nowUs();
const result = await load(order.origin, order.seconds);
const toUs = nowUs();
const own = process.cpuUsage(ownBefore);
const server = cpuSeconds(order.pid) - serverBefore;
const measured: Measured = {
  requests: result.requests.total,
  requestsPerSecond: result.requests.total / result.duration,
  p99Ms: result.latency.p99,
  cpuUs: (server * US_PER_SECOND) / result.requests.total,
  loadCore: (own.user + own.system) / (toUs - fromUs),
  fromUs,
  toUs,
};
console.log(`measured: ${JSON.stringify(measured)}`);
