import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { addressKey } from '#layer/index';
import { metrics } from '#server/metrics/instruments';

/** How many connections may be open at a time. */
export interface ConnectionLimits {
  /** Over all peers. */
  total: number;
  /** From one address, or one IPv6 network of 64 bits. `Infinity` behind a proxy, where all have the proxy's. */
  perAddress: number;
}

/** How long a connection that is one too many is kept, so that its client can read why, in milliseconds. */
const LINGER_MS = 1000;
/** How many of these may be open at a time; any more are cut without a word. */
const MAX_LINGERING = 100;
const RETRY_SECONDS = 5;

const BODY = 'Too many connections.\n';
const REJECTION = [
  'HTTP/1.1 503 Service Unavailable',
  'Connection: close',
  `Retry-After: ${RETRY_SECONDS}`,
  'Content-Type: text/plain; charset=utf-8',
  `Content-Length: ${BODY.length}`,
  '',
  BODY,
].join('\r\n');

/**
 * Limits the connections of a server. One that is too many gets a 503 with Retry-After before it has sent anything.
 * @returns True for a socket that was rejected: a request that comes on it is not to be looked at.
 */
export function limitConnections(server: Server, limits: ConnectionLimits): (socket: Socket) => boolean {
  const byAddress = new Map<string, number>();
  const rejected = new WeakSet<Socket>();
  let open = 0;
  let lingering = 0;
  metrics.connections.read(() => open);

  function release(key: string): void {
    open--;
    const left = (byAddress.get(key) ?? 1) - 1;
    if (left === 0) byAddress.delete(key);
    else byAddress.set(key, left);
  }

  function turnAway(socket: Socket): void {
    rejected.add(socket);
    metrics.rejections.add(1, 'connections');
    // Its client may be gone, and that is fine.
    socket.on('error', () => undefined);
    if (lingering >= MAX_LINGERING) {
      socket.destroy();
      return;
    }
    lingering++;
    const timer = setTimeout(() => socket.destroy(), LINGER_MS);
    socket.once('close', () => {
      lingering--;
      clearTimeout(timer);
    });
    socket.end(REJECTION);
  }

  server.on('connection', (socket: Socket) => {
    const key = addressKey(socket.remoteAddress ?? null);
    const ofAddress = byAddress.get(key) ?? 0;
    if (open >= limits.total || ofAddress >= limits.perAddress) {
      turnAway(socket);
      return;
    }
    open++;
    byAddress.set(key, ofAddress + 1);
    socket.once('close', () => {
      release(key);
    });
  });

  return (socket) => rejected.has(socket);
}
