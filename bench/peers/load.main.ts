/** Puts load on a server as described by its argument, a `LoadOrder`, and prints the result. */
import autocannon from 'autocannon';
import type { LoadOrder, Measured } from '../api/load.ts';
import { cpuSeconds } from '../lib/proc.ts';

const CONNECTIONS = 50;
const US_PER_SECOND = 1e6;
const NS_PER_US = 1000n;

const order = JSON.parse(process.argv[2] ?? '') as LoadOrder;

async function load(duration: number): Promise<autocannon.Result> {
  const { origin, path, method, headers, body, status, connections = CONNECTIONS } = order;
  const result = await autocannon({
    url: `${origin}${path}`,
    method,
    headers,
    ...(body !== undefined && { body }),
    connections,
    duration,
  });
  const { errors, timeouts } = result;
  const statuses = Object.keys(result.statusCodeStats ?? {});
  if (errors > 0 || timeouts > 0 || statuses.some((each) => each !== String(status))) {
    throw new Error(
      `${method} ${path}: ${errors} errors, ${timeouts} timeouts, statuses ${statuses.join(', ')}.`,
    );
  }
  return result;
}

const nowUs = () => Number(process.hrtime.bigint() / NS_PER_US);

await load(order.warmUpSeconds);
const serverBefore = cpuSeconds(order.pid);
const ownBefore = process.cpuUsage();
const fromUs = nowUs();
const result = await load(order.seconds);
const toUs = nowUs();
const own = process.cpuUsage(ownBefore);
const server = cpuSeconds(order.pid) - serverBefore;
const requests = result.requests.total;
const measured: Measured = {
  requestsPerSecond: requests / result.duration,
  p99Ms: result.latency.p99,
  cpuUs: (server * US_PER_SECOND) / requests,
  loadCore: (own.user + own.system) / (toUs - fromUs),
  fromUs,
  toUs,
};
console.log(`measured: ${JSON.stringify(measured)}`);
