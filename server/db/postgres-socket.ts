import type { EventEmitter } from 'node:events';
import { connect, type Socket } from 'node:net';

/** The server to connect to, from postgres.js. */
interface Target {
  host: string[];
  port: number[];
  /** Of a Unix socket. */
  path?: string | false;
}

const failure = (code: string, message: string) => Object.assign(new Error(message), { code });

/**
 * Creates the sockets of postgres.js (its option `socket`), and adds two checks that it lacks. If the server closes the
 * connection before the session has started, such as a load balancer without a backend, that is an error at once.
 * postgres.js would retry forever, without a delay and without reporting an error. If the server does not respond to a
 * message for `idleTimeoutMs`, the socket fails.
 * @param idleTimeoutMs in milliseconds; 0 sets no limit.
 */
export function createSocketFactory(idleTimeoutMs: number): (target: Target) => Socket {
  let attempts = 0;
  return ({ host: hosts, port: ports, path }) => {
    const index = attempts++ % hosts.length;
    const [host, port] = [hosts[index] ?? 'localhost', ports[index] ?? 5432];
    const socket = path ? connect(path) : connect(port, host);
    /** The bytes that were sent before the last response. */
    let acknowledged = 0;
    socket.on('data', () => {
      acknowledged = socket.bytesWritten;
    });
    socket.once('end', () => {
      socket.destroy(failure('CONNECTION_CLOSED', 'The database closed the connection.'));
    });
    socket.setTimeout(idleTimeoutMs, () => {
      // An idle connection of the pool does not wait for a response.
      if (socket.bytesWritten > acknowledged)
        socket.destroy(failure('ETIMEDOUT', 'The database does not respond.'));
    });
    // postgres.js never settles a statement that is sent between the events "error" and "close", because it assumes
    // that the first event has failed it. If "close" reports no error, postgres.js fails such a statement then.
    const emit: EventEmitter['emit'] = socket.emit.bind(socket);
    const emitWithoutError = (event: string | symbol, ...details: unknown[]): boolean =>
      event === 'close' ? emit(event, false) : emit(event, ...details);
    // TLS checks the certificate against this host name.
    return Object.assign(socket, { host, port, emit: emitWithoutError });
  };
}
