import { callOf, isRight, type Workload } from './calls.ts';
import { type Measured, putLoad } from './load.ts';
import type { Served, System } from './systems.ts';

const UNKNOWN = 'sb_a-token-that-nobody-has';
const ANSWER_LIMIT_MS = 10_000;
const CREATED = 201;

/** How long a load is put on a server, in seconds. */
export interface Duration {
  warmUpSeconds: number;
  seconds: number;
}

/**
 * Sees that a server does its work, then puts load on it.
 * @throws {Error} when an answer is not what it has to be.
 */
export async function measure(
  system: System,
  served: Served,
  workload: Workload,
  duration: Duration,
): Promise<Measured> {
  const { wire, base, created = CREATED } = system;
  const origin = `http://127.0.0.1:${served.port}`;
  const place = { base, created };
  const call = callOf(workload, wire, place);
  const headersOf = (token: string) => ({
    authorization: `Bearer ${token}`,
    // fetch would ask for compressed answers, the load does not.
    'accept-encoding': 'identity',
    ...(call.body !== undefined && { 'content-type': 'application/json' }),
  });
  const ask = ({ path, method, body }: typeof call, token = served.token) =>
    fetch(`${origin}${path}`, {
      method,
      headers: headersOf(token),
      signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
      ...(body !== undefined && { body }),
    });

  const answer = await ask(call);
  const text = await answer.text();
  if (answer.status !== call.status || !isRight(workload, wire, text)) {
    throw new Error(`${system.title}, ${workload}: not the right answer: ${answer.status} ${text}`);
  }
  const toUnknown = await ask(call, UNKNOWN);
  if (toUnknown.status !== 401) {
    throw new Error(`${system.title}, ${workload}: ${toUnknown.status} for a token that nobody has.`);
  }
  if (workload === 'create' && system.validates !== false) {
    const { status } = await ask(callOf(workload, wire, { ...place, invalid: true }));
    if (status < 400 || status > 499) throw new Error(`${system.title}: ${status} for what is not valid.`);
  }
  return putLoad({ ...call, ...duration, origin, pid: served.pid, headers: headersOf(served.token) });
}
