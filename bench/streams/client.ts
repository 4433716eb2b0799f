/** A minimal client for streamed answers, so that the benchmark measures the server and not the client. */
import { once } from 'node:events';
import { connect } from 'node:net';

/** A complete answer; times are in milliseconds since the request was written. */
export interface Answer {
  firstDeltaMs: number;
  totalMs: number;
  /** Returns the body of the response. */
  body: () => string;
}

/** A connection that asks one question at a time. */
export interface Connection {
  /**
   * @param request a complete HTTP/1.1 request.
   * @param onFirstDelta called when the first delta has arrived.
   * @throws {Error} for a status other than 200, a lost connection, or an answer that takes longer than five minutes.
   */
  ask: (request: string, onFirstDelta?: () => void) => Promise<Answer>;
  close: () => void;
}

const LIMIT_MS = 300_000;
/** The last chunk of a chunked body (RFC 9112, 7.1). */
const END = '0\r\n\r\n';
const DELTA = '"text-delta"';

/** Opens a connection to a server on this machine. */
export async function openConnection(port: number): Promise<Connection> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');

  function ask(request: string, onFirstDelta?: () => void): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const received: Buffer[] = [];
    let firstDeltaMs: number | undefined;
    const timer = setTimeout(() => fail('took longer than five minutes'), LIMIT_MS);
    const startedAt = performance.now();

    function settle() {
      clearTimeout(timer);
      socket.off('data', onData).off('close', onClose);
    }
    function fail(reason: string) {
      settle();
      socket.destroy();
      reject(new Error(`An answer ${reason}:\n${Buffer.concat(received).toString().slice(0, 2000)}`));
    }
    function onClose() {
      fail('was disconnected');
    }
    function onData(data: Buffer) {
      received.push(data);
      if (received.length === 1 && !data.toString('latin1', 0, 12).endsWith(' 200')) {
        fail('was rejected');
        return;
      }
      if (firstDeltaMs === undefined && data.includes(DELTA)) {
        firstDeltaMs = performance.now() - startedAt;
        onFirstDelta?.();
      }
      if (!endsWith(received, END)) return;
      settle();
      const totalMs = performance.now() - startedAt;
      resolve({
        firstDeltaMs: firstDeltaMs ?? totalMs,
        totalMs,
        body: () => bodyOf(Buffer.concat(received)),
      });
    }
    socket.on('data', onData).on('close', onClose);
    socket.write(request);
    return promise;
  }

  socket.on('error', () => socket.destroy());
  return { ask, close: () => socket.destroy() };
}

function endsWith(received: Buffer[], end: string): boolean {
  const last = received.at(-1)?.toString('latin1').slice(-end.length) ?? '';
  if (last.length === end.length || received.length === 1) return last === end;
  return Buffer.concat(received.slice(-end.length)).toString('latin1').endsWith(end);
}

/** Returns the body of an HTTP response with `transfer-encoding: chunked`. */
function bodyOf(response: Buffer): string {
  const chunks: Buffer[] = [];
  let at = response.indexOf('\r\n\r\n') + 4;
  for (;;) {
    const lineEnd = response.indexOf('\r\n', at);
    const size = Number.parseInt(response.toString('latin1', at, lineEnd), 16);
    if (!(size > 0)) return Buffer.concat(chunks).toString();
    chunks.push(response.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}
