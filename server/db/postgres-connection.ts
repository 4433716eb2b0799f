import postgres from 'postgres';
import { failure, type SocketFactory } from './postgres-socket.ts';

/** The options of postgres.js, with a factory of sockets. */
export interface ConnectionOptions extends postgres.Options<Record<string, postgres.PostgresType>> {
  socket: SocketFactory;
}

/**
 * Creates a client with one connection, which its first statement opens. When the connection is lost, all statements of
 * the client fail, and another client has to take its place.
 *
 * postgres.js would connect again by itself, but not reliably. It keeps what it was about to send while the connection
 * was being closed, and then sends nothing over the next one until that has timed out. And each of its waiting statements
 * opens another connection, so that a caller waits for several timeouts.
 * @param options `onclose` is called once, when the connection is lost or was ended.
 */
export function openConnection(
  url: string,
  { socket: open, onclose, ...options }: ConnectionOptions,
): postgres.Sql {
  let isUsed = false;
  let isLost = false;

  function lose(id: number): void {
    if (isLost) return;
    isLost = true;
    void client.end({ timeout: 0 });
    onclose?.(id);
  }

  // The types of postgres.js lack this option.
  const socket = async (target: Parameters<SocketFactory>[0]) => {
    try {
      if (isUsed) throw failure('CONNECTION_CLOSED', 'The connection to the database was lost.');
      isUsed = true;
      const opened = await open(target);
      if (!isLost) {
        return opened.once('error', () => {
          lose(0);
        });
      }
      // It was ended before it began to connect.
      opened.destroy();
      throw failure('CONNECTION_ENDED', 'The connection was ended.');
    } catch (error) {
      lose(0);
      throw error;
    }
  };
  // By default, postgres.js closes a connection after 30 to 60 minutes, even while it is about to be used.
  const own = { max: 1, max_lifetime: null, onclose: lose, socket };
  const client: postgres.Sql = postgres(url, { ...options, ...own });
  return client;
}
