import { setTimeout as pause } from 'node:timers/promises';
import { cookieOf, postAuth } from '#test/client';
import type { Outcome } from './outcome.ts';
import { memberOf, type Seeded } from './seed.ts';

/** The time limit of a response. */
const RESPONSE_LIMIT_MS = 30_000;

/** An attacker with one IP address and the headers of a caller. */
export interface Attacker {
  headers: Record<string, string>;
  /** Sends a request and reads the response to its end without storing it. */
  send: (path: string, init?: RequestInit) => Promise<Outcome>;
  /** Opens a response without reading it. Disconnects after `ms`, or immediately if the response is not successful. */
  hold: (path: string, ms: number) => Promise<Outcome>;
  /** Sends JSON with POST. @param body a string is sent unchanged. */
  post: (path: string, body: unknown, headers?: Record<string, string>) => Promise<Outcome>;
}

/** The server and attackers of an attack. Each attack has its own IP address, so it shares no limits with others. */
export interface Fixture {
  url: string;
  address: string;
  seeded: Seeded;
  stranger: Attacker;
  /** Starts a guest session. */
  guest: () => Promise<Attacker>;
  /** Returns a member without data or earlier requests. */
  member: () => Attacker;
  /** Returns a seeded account. */
  as: (name: string) => Attacker;
  /** Returns an attacker with another IP address. */
  from: (address: string, headers?: Record<string, string>) => Attacker;
}

let fixtures = 0;
let members = 0;

/** Returns an IP address from which no request was sent yet. */
function freshAddress(): string {
  fixtures += 1;
  return `10.${(fixtures >> 16) & 255}.${(fixtures >> 8) & 255}.${fixtures & 255}`;
}

async function lengthOf(response: Response): Promise<number> {
  let bytes = 0;
  for await (const chunk of response.body ?? []) bytes += chunk.length;
  return bytes;
}

function createAttacker(url: string, headers: Record<string, string>): Attacker {
  const send: Attacker['send'] = async (path, init = {}) => {
    try {
      const response = await fetch(`${url}${path}`, {
        redirect: 'manual',
        signal: AbortSignal.timeout(RESPONSE_LIMIT_MS),
        ...init,
        headers: { ...headers, ...Object.fromEntries(new Headers(init.headers)) },
      });
      return { status: response.status, bytes: await lengthOf(response) };
    } catch {
      return { status: 0, bytes: 0 };
    }
  };
  return {
    headers,
    send,
    async hold(path, ms) {
      const leaving = new AbortController();
      try {
        const response = await fetch(`${url}${path}`, { headers, signal: leaving.signal });
        if (response.ok) await pause(ms);
        return { status: response.status, bytes: 0 };
      } catch {
        return { status: 0, bytes: 0 };
      } finally {
        leaving.abort();
      }
    },
    post: (path, body, more = {}) =>
      send(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...more },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
  };
}

/** Creates the fixture of one attack. */
export function createFixture(url: string, seeded: Seeded): Fixture {
  const address = freshAddress();
  const here = { 'x-forwarded-for': address };
  const as = (name: string) => createAttacker(url, { ...here, cookie: memberOf(name).cookie });
  return {
    url,
    address,
    seeded,
    stranger: createAttacker(url, here),
    async guest() {
      const response = await postAuth(url, '/sign-in/anonymous', {}, here);
      if (!response.ok) throw new Error(`No guest: ${response.status} ${await response.text()}`);
      return createAttacker(url, { ...here, cookie: cookieOf(response) });
    },
    member() {
      const name = seeded.members[members++ % seeded.members.length];
      if (name === undefined) throw new Error('No members were seeded.');
      return as(name);
    },
    as,
    from: (other, headers = {}) => createAttacker(url, { 'x-forwarded-for': other, ...headers }),
  };
}
