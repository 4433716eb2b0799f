import { callOf, isExpected, type Workload } from './calls.ts';
import { type Measured, putLoad } from './load.ts';
import type { Served, System } from './systems.ts';

const UNKNOWN_TOKEN = 'sb_a-token-that-nobody-has';
const TIMEOUT_MS = 10_000;
const CREATED = 201;

/** The duration of a load, in seconds. */
export interface Duration {
  warmUpSeconds: number;
  seconds: number;
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
  const { wire, base, created = CREATED } = system;
  const origin = `http://127.0.0.1:${served.port}`;
  const options = { base, created };
  const call = callOf(workload, wire, options);
  const headersOf = (token: string) => ({
    authorization: `Bearer ${token}`,
    // By default, fetch accepts compressed responses, but the load generator does not.
    'accept-encoding': 'identity',
    ...(call.body !== undefined && { 'content-type': 'application/json' }),
  });
  const send = ({ path, method, body }: typeof call, token = served.token) =>
    fetch(`${origin}${path}`, {
      method,
      headers: headersOf(token),
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body !== undefined && { body }),
    });

  const response = await send(call);
  const text = await response.text();
  if (response.status !== call.status || !isExpected(workload, wire, text)) {
    throw new Error(`${system.title}, ${workload}: unexpected response: ${response.status} ${text}`);
  }
  const unauthenticated = await send(call, UNKNOWN_TOKEN);
  if (unauthenticated.status !== 401) {
    throw new Error(`${system.title}, ${workload}: status ${unauthenticated.status} for an unknown token.`);
  }
  if (workload === 'create' && system.validates !== false) {
    const { status } = await send(callOf(workload, wire, { ...options, invalid: true }));
    if (status < 400 || status > 499)
      throw new Error(`${system.title}: status ${status} for an invalid body.`);
  }
  return putLoad({ ...call, ...duration, origin, pid: served.pid, headers: headersOf(served.token) });
}
