import { type ConnectionOptions, openConnection } from './postgres-connection.ts';
import { createSocketFactory, failure, type HostChooser } from './postgres-socket.ts';
import { type HostAndPort, nameOf, type PostgresTarget } from './postgres-url.ts';

/**
 * Finds the host that accepts writes, by asking all of them at the same time. So a host that does not respond causes no
 * delay. The result is kept until a connection is closed, as happens when a server stops or becomes a standby, or until a server
 * has rejected a change.
 * @param options the options of postgres.js.
 * @param timeoutMs how long a host may take to respond, in milliseconds.
 */
export function createHostChooser(
  { url, hosts }: PostgresTarget,
  options: Omit<ConnectionOptions, 'socket'>,
  timeoutMs: number,
): HostChooser {
  let chosen: Promise<HostAndPort> | undefined;

  async function checkAcceptsWrites(target: HostAndPort): Promise<HostAndPort> {
    const client = openConnection(url, {
      ...options,
      ...target,
      socket: createSocketFactory(timeoutMs, target),
    });
    try {
      const [row] = await client.unsafe('show transaction_read_only').values();
      if (row?.[0] !== 'off') throw new Error('does not accept writes');
      return target;
    } catch (error) {
      throw new Error(`${nameOf(target)}: ${messageOf(error)}`, { cause: error });
    } finally {
      void client.end({ timeout: 1 });
    }
  }

  async function find(): Promise<HostAndPort> {
    try {
      return await Promise.any(hosts.map(checkAcceptsWrites));
    } catch (error) {
      chosen = undefined;
      const reasons = error instanceof AggregateError ? error.errors.map(messageOf) : [messageOf(error)];
      // The code of Postgres for cannot_connect_now.
      throw failure('57P03', `No host accepts writes (${reasons.join('; ')})`);
    }
  }

  return {
    choose: () => (chosen ??= find()),
    reconsider() {
      chosen = undefined;
    },
  };
}

// Node's error for a name with several IP addresses has only a code.
const messageOf = (error: unknown): string =>
  Error.isError(error) ? error.message || ('code' in error ? String(error.code) : error.name) : String(error);
