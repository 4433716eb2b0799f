import type { EventEmitter } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { HostAndPort } from './postgres-url.ts';

/** The server to connect to, from postgres.js. */
interface Target {
  host: string[];
  port: number[];
  /** Of a Unix socket. */
  path?: string | false;
}

/** Chooses the server of each connection. */
export interface HostChooser {
  choose: () => Promise<HostAndPort>;
  /** Chooses again next time. Called when a connection was closed. */
  reconsider: () => void;
}

/** The option `socket` of postgres.js. */
export type SocketFactory = (target: Target) => Socket | Promise<Socket>;

/** Returns an error with a code. */
export const failure = (code: string, message: string): Error & { code: string } =>
  Object.assign(new Error(message), { code });

/** Watches a socket that is connecting to `target` (see `createSocketFactory`). */
function watch(socket: Socket, target: HostAndPort, idleTimeoutMs: number, onClosed?: () => void): Socket {
  /** The bytes that were sent before the last response. */
  let acknowledged = 0;
  socket.on('data', () => {
    acknowledged = socket.bytesWritten;
  });
  socket.once('end', () => {
    socket.destroy(failure('CONNECTION_CLOSED', 'The database closed the connection.'));
  });
  // Not as its second argument, which would be called only once.
  socket.setTimeout(idleTimeoutMs);
  socket.on('timeout', () => {
    // An idle connection of the pool does not wait for a response.
    if (socket.bytesWritten > acknowledged)
      socket.destroy(failure('ETIMEDOUT', 'The database does not respond.'));
  });
  // postgres.js removes all listeners before it begins TLS, but not this.
  // It never settles a statement that is sent between the events "error" and "close", because it assumes
  // that the first event has failed it. If "close" reports no error, postgres.js fails such a statement then.
  const emit: EventEmitter['emit'] = socket.emit.bind(socket);
  const emitWithoutError = (event: string | symbol, ...details: unknown[]): boolean => {
    if (event !== 'close') return emit(event, ...details);
    onClosed?.();
    return emit(event, false);
  };
  // TLS checks the certificate against this host name.
  return Object.assign(socket, { ...target, emit: emitWithoutError });
}

/**
 * Creates the sockets of postgres.js (its option `socket`), and adds two checks that it lacks. If the server closes the
 * connection before the session has started, such as a load balancer without a backend, that is an error at once.
 * postgres.js would wait for its timeout. If the server does not respond to a message for `idleTimeoutMs`, the socket
 * fails.
 * @param idleTimeoutMs in milliseconds; 0 sets no limit.
 * @param server the server, or what chooses the server of each connection; by default, postgres.js names it. It has the
 * defaults, but misreads IPv6 addresses.
 */
export function createSocketFactory(
  idleTimeoutMs: number,
  server?: HostAndPort | HostChooser,
): SocketFactory {
  if (server && 'host' in server)
    return () => watch(connect(server.port, server.host), server, idleTimeoutMs);
  if (!server) {
    return ({ host: [host = 'localhost'], port: [port = 5432], path }) =>
      watch(path ? connect(path) : connect(port, host), { host, port }, idleTimeoutMs);
  }

  return async () => {
    const target = await server.choose();
    return watch(connect(target.port, target.host), target, idleTimeoutMs, server.reconsider);
  };
}
