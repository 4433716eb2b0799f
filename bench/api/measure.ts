import { type Call, callsOf, invalidCall, type Workload } from './calls.ts';
import { type Measured, putLoad } from './load.ts';
import { isExpected, isInvalidInput, isUnauthorized } from './responses.ts';
import type { Served, System } from './systems.ts';

const UNKNOWN_TOKEN = 'sb_a-token-that-nobody-has';
const TIMEOUT_MS = 10_000;
const CREATED = 201;

/** The duration of a load, in seconds. */
export interface Duration {
  warmUpSeconds: number;
  seconds: number;
}

const apiOf = ({ wire, base, created = CREATED }: System) => ({ wire, base, created });

const headersOf = (token: string) => ({
  authorization: `Bearer ${token}`,
  // By default, fetch accepts compressed responses, but the load generator does not.
  'accept-encoding': 'identity',
});

const originOf = ({ port }: Served) => `http://127.0.0.1:${port}`;

/** Puts load on a server, without a check of its responses except their statuses. */
export function putLoadOn(
  system: System,
  served: Served,
  workload: Workload,
  duration: Duration,
): Promise<Measured> {
  const calls = callsOf(workload, apiOf(system)).map(({ expected: _, ...call }) => call);
  return putLoad({
    ...duration,
    calls,
    origin: originOf(served),
    pid: served.pid,
    headers: headersOf(served.token),
  });
}

/**
 * Checks the responses of a server, then puts load on it.
 * @throws {Error} if a response is not the expected one.
 */
export async function measure(
  system: System,
  served: Served,
  workload: Workload,
  duration: Duration,
): Promise<Measured> {
  await check(system, served, workload);
  return putLoadOn(system, served, workload, duration);
}

async function check(system: System, served: Served, workload: Workload): Promise<void> {
  const { title, wire } = system;
  const api = apiOf(system);
  const calls = callsOf(workload, api);
  const send = ({ path, method, headers, body }: Call, token = served.token) =>
    fetch(`${originOf(served)}${path}`, {
      method,
      headers: { ...headersOf(token), ...headers },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body !== undefined && { body }),
    });

  for (const call of calls) {
    const { status, text } = await read(await send(call));
    if (status !== call.status || !isExpected(call.expected, wire, text)) {
      throw new Error(`${title}, ${workload}, ${call.path}: unexpected response: ${status} ${text}`);
    }
  }
  for (const call of calls.slice(0, 1)) {
    const { status, text } = await read(await send(call, UNKNOWN_TOKEN));
    if (!isUnauthorized(wire, status, text)) {
      throw new Error(`${title}, ${workload}: status ${status} for an unknown token.`);
    }
  }
  if (workload === 'create' && system.validates !== false) {
    const { status, text } = await read(await send(invalidCall(api)));
    if (!isInvalidInput(wire, status, text))
      throw new Error(`${title}: status ${status} for an invalid body.`);
  }
}

async function read(response: Response): Promise<{ status: number; text: string }> {
  return { status: response.status, text: await response.text() };
}
