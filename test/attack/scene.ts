import { setTimeout as pause } from 'node:timers/promises';
import { cookieOf, postAuth } from '#test/client';
import type { Outcome } from './outcome.ts';
import { memberOf, type Seeded } from './seed.ts';

/** How long a response may take until an attack gives up on it. */
const RESPONSE_LIMIT_MS = 30_000;

/** Somebody who attacks, from one IP address, with the headers of a caller. */
export interface Attacker {
  headers: Record<string, string>;
  /** Sends a request and reads the response to its end without keeping it. */
  send: (path: string, init?: RequestInit) => Promise<Outcome>;
  /** Opens a response and reads nothing of it; leaves after a while, or at once if it is not 200. */
  hold: (path: string, ms: number) => Promise<Outcome>;
  /** Sends JSON with POST. @param body a text is sent as it is. */
  post: (path: string, body: unknown, headers?: Record<string, string>) => Promise<Outcome>;
}

/** What an attack has to work with. Each has an IP address of its own, so that it meets the limits of nobody else. */
export interface Scene {
  url: string;
  address: string;
  seeded: Seeded;
  stranger: Attacker;
  /** Becomes a new guest. */
  guest: () => Promise<Attacker>;
  /** A member who owns nothing yet and did nothing yet. */
  member: () => Attacker;
  /** A seeded account by its name. */
  as: (name: string) => Attacker;
  /** The same credential from another address. */
  from: (address: string, headers?: Record<string, string>) => Attacker;
}

let scenes = 0;
let members = 0;

/** An address that nobody has sent a request from. */
function freshAddress(): string {
  scenes += 1;
  return `10.${(scenes >> 16) & 255}.${(scenes >> 8) & 255}.${scenes & 255}`;
}

async function lengthOf(response: Response): Promise<number> {
  let bytes = 0;
  for await (const chunk of response.body ?? []) bytes += chunk.length;
  return bytes;
}

function attacker(url: string, headers: Record<string, string>): Attacker {
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
      const gone = new AbortController();
      try {
        const response = await fetch(`${url}${path}`, { headers, signal: gone.signal });
        if (response.ok) await pause(ms);
        return { status: response.status, bytes: 0 };
      } catch {
        return { status: 0, bytes: 0 };
      } finally {
        gone.abort();
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

/** Sets the scene for one attack. */
export function setScene(url: string, seeded: Seeded): Scene {
  const address = freshAddress();
  const here = { 'x-forwarded-for': address };
  const as = (name: string) => attacker(url, { ...here, cookie: memberOf(name).cookie });
  return {
    url,
    address,
    seeded,
    stranger: attacker(url, here),
    async guest() {
      const response = await postAuth(url, '/sign-in/anonymous', {}, here);
      if (!response.ok) throw new Error(`No guest: ${response.status} ${await response.text()}`);
      return attacker(url, { ...here, cookie: cookieOf(response) });
    },
    member() {
      const name = seeded.members[members++ % seeded.members.length];
      if (name === undefined) throw new Error('No members were seeded.');
      return as(name);
    },
    as,
    from: (other, headers = {}) => attacker(url, { 'x-forwarded-for': other, ...headers }),
  };
}
