import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { MAX_DISCARDED_BYTES } from '#server/limits';

const SWEEP_MS = 500;
/** How long a body is given before its pace counts, and over how long that is measured, in milliseconds. */
const WINDOW_MS = 10_000;

/** A request whose body is not here yet. */
interface Incoming {
  req: IncomingMessage;
  res: ServerResponse;
  /** When the window began, and what had come by then. */
  since: number;
  bytes: number;
  /** What had come when the response was sent; until then `null`. */
  answeredAt: number | null;
}

/**
 * Watches request bodies as they come. One that comes more slowly than `bytesPerSecond`, while nobody but its client is
 * waited for, gets a 408 (RFC 9110, section 15.5.9), or is cut when its response has begun. A client may send on after its
 * response, and Node throws that away: closing the connection at once would lose the response. It is cut where that does
 * not come to an end.
 * @param windowMs over how long the pace is measured, in milliseconds.
 * @returns a function to be told of each request.
 */
export function watchBodies(
  bytesPerSecond: number,
  windowMs = WINDOW_MS,
): (req: IncomingMessage, res: ServerResponse) => void {
  const incoming = new Set<Incoming>();
  let timer: NodeJS.Timeout | undefined;

  function check(body: Incoming, now: number): void {
    const { req, res, since, bytes, answeredAt } = body;
    const { socket } = req;
    if (req.complete || socket.destroyed) {
      incoming.delete(body);
    } else if (answeredAt !== null && socket.bytesRead - answeredAt > MAX_DISCARDED_BYTES) {
      socket.destroy();
    } else if (now - since >= windowMs) {
      const isOurs = req.readableLength > 0;
      if (!isOurs && (socket.bytesRead - bytes) * 1000 < bytesPerSecond * (now - since)) timeOut(socket, res);
      body.since = now;
      body.bytes = socket.bytesRead;
    }
  }

  function sweep(): void {
    const now = performance.now();
    for (const body of incoming) check(body, now);
    if (incoming.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  }

  return (req, res) => {
    const { headers, socket } = req;
    if (headers['transfer-encoding'] === undefined && (headers['content-length'] ?? '0') === '0') return;
    const body: Incoming = { req, res, since: performance.now(), bytes: socket.bytesRead, answeredAt: null };
    incoming.add(body);
    res.once('finish', () => {
      body.answeredAt = socket.bytesRead;
    });
    timer ??= setInterval(sweep, SWEEP_MS).unref();
  };
}

/** Does as Node does when a request takes too long as a whole; before another response has gone, this one has no socket. */
function timeOut(socket: Socket, res: ServerResponse): void {
  if (socket.writable && res.socket === socket && !res.headersSent) {
    socket.write('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n');
  }
  socket.destroySoon();
}
