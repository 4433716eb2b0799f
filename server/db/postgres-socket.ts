import type { EventEmitter } from 'node:events';
import { connect, type Socket } from 'node:net';

/** What postgres.js tells of the server to connect to. */
interface Target {
  host: string[];
  port: number[];
  /** Of a Unix socket. */
  path?: string | false;
}

const failure = (code: string, message: string) => Object.assign(new Error(message), { code });

/**
 * Makes the sockets of postgres.js (its option `socket`), with what it lacks: a server that closes the connection
 * before the session began, such as a balancer with nobody behind it, is an error at once, where postgres.js would
 * try again for ever without a pause or a word; and a server that leaves a message without an answer for `silenceMs`
 * is given up; 0 sets no limit.
 */
export function createSocketFactory(idleTimeoutMs: number): (target: Target) => Socket {
  let attempts = 0;
  return ({ host: hosts, port: ports, path }) => {
    const index = attempts++ % hosts.length;
    const [host, port] = [hosts[index] ?? 'localhost', ports[index] ?? 5432];
    const socket = path ? connect(path) : connect(port, host);
    /** Bytes that were sent before the last answer. */
    let answered = 0;
    socket.on('data', () => {
      answered = socket.bytesWritten;
    });
    socket.once('end', () => {
      socket.destroy(failure('CONNECTION_CLOSED', 'The database closed the connection.'));
    });
    socket.setTimeout(idleTimeoutMs, () => {
      // An idle connection of the pool waits for nothing.
      if (socket.bytesWritten > answered) socket.destroy(failure('ETIMEDOUT', 'The database is silent.'));
    });
    // A statement that comes between the events "error" and "close" is lost by postgres.js, which believes that its
    // error was told with the first. Told that there was none, it fails what it has at the second.
    const emit: EventEmitter['emit'] = socket.emit.bind(socket);
    const emitUntroubled = (event: string | symbol, ...details: unknown[]): boolean =>
      event === 'close' ? emit(event, false) : emit(event, ...details);
    // TLS takes the name to check the certificate against from here.
    return Object.assign(socket, { host, port, emit: emitUntroubled });
  };
}
