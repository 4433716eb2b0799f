import postgres from 'postgres';
import { createConnectionQueue } from './connection-queue.ts';
import { timeLimitOf, type TimeLimits } from './work.ts';

type Client = postgres.Sql;

/** How long callers wait for a connection while the database does not respond to any query, in milliseconds. */
const PATIENCE_MS = 2500;

/**
 * Prepares statements. For others, the driver queries the parameter types, which takes another round trip each time.
 */
const PREPARED = { prepare: true };

/** A client with a single connection, and its current `statement_timeout`; undefined if unknown. */
interface Slot {
  client: Client;
  limitMs: number | undefined;
}

interface PoolOptions {
  size: number;
  limits: TimeLimits;
  /** The maximum time of one use of a connection, in milliseconds. After that, the connection is ended. */
  holdMs: number;
}

/**
 * Creates a pool of connections that Drizzle uses like a client of postgres.js. Each statement has a time limit by its
 * kind: the server's own `statement_timeout`. It is set only if the previous statement of the connection had another
 * limit, in the same packet as the statement, so it costs no round trip. Connections are chosen so that this is rare.
 * One caller can use at most half of the connections.
 * @param options the options of postgres.js, without `max`.
 */
export function createPool(
  url: string,
  options: postgres.Options<Record<string, postgres.PostgresType>>,
  { size, limits, holdMs }: PoolOptions,
): Client {
  const queue = createConnectionQueue({
    width: size,
    share: Math.ceil(size / 2),
    waitMs: limits.wait,
    patienceMs: PATIENCE_MS,
  });
  const free: Slot[] = [];

  function createSlot(): Slot {
    const onclose = () => {
      slot.limitMs = undefined;
    };
    const slot: Slot = { client: postgres(url, { ...options, max: 1, onclose }), limitMs: undefined };
    open.add(slot.client);
    return slot;
  }

  /** Takes a connection with this time limit, or else the last used one, so that a server with little load has few. */
  function take(limitMs: number): Slot {
    const index = free.findLastIndex((slot) => slot.limitMs === limitMs);
    const [slot] = free.splice(index, 1);
    if (slot) return slot;
    const created = createSlot();
    // Drizzle has changed the parsers and serializers of the first one.
    Object.assign(created.client.options.parsers, first.client.options.parsers);
    Object.assign(created.client.options.serializers, first.client.options.serializers);
    return created;
  }

  function setLimit(slot: Slot, limitMs: number): void {
    if (slot.limitMs === limitMs) return;
    slot.limitMs = limitMs;
    // Not awaited: it is sent before the statement in the same packet, and fails together with the connection.
    slot.client.unsafe(`set statement_timeout = ${Number.isFinite(limitMs) ? limitMs : 0}`).catch(() => {
      slot.limitMs = undefined;
    });
  }

  function use<T>(text: string, work: (client: Client) => PromiseLike<T>): Promise<T> {
    const limitMs = timeLimitOf(text, limits);
    return queue.pass(async () => {
      const slot = take(limitMs);
      const endConnection = () => {
        open.delete(slot.client);
        void slot.client.end({ timeout: 0 });
      };
      const timer = Number.isFinite(limitMs) ? setTimeout(endConnection, holdMs) : undefined;
      try {
        setLimit(slot, limitMs);
        return await work(slot.client);
      } finally {
        clearTimeout(timer);
        if (open.has(slot.client)) free.push(slot);
      }
    });
  }

  const open = new Set<Client>();
  const first = createSlot();
  free.push(first);

  const unsafe = (...[text, values]: Parameters<Client['unsafe']>) => ({
    values: () => use(text, (client) => client.unsafe(text, values, PREPARED).values()),
    then: (...settled: Parameters<Promise<unknown>['then']>) =>
      use(text, (client) => client.unsafe(text, values, PREPARED)).then(...settled),
  });
  const begin = <T>(work: (transaction: postgres.TransactionSql) => Promise<T>) =>
    use('begin', (client) => client.begin((transaction) => work(preparing(transaction))));
  const end: Client['end'] = async (...how) => {
    await Promise.all([...open].map((client) => client.end(...how)));
  };
  return replacing(first.client, { unsafe, begin, end });
}

function preparing(transaction: postgres.TransactionSql): postgres.TransactionSql {
  const unsafe = (...[text, values]: Parameters<Client['unsafe']>) =>
    transaction.unsafe(text, values, PREPARED);
  return replacing(transaction, { unsafe });
}

/** Returns `target` with some of its members replaced. */
function replacing<T extends object>(target: T, members: Record<string, unknown>): T {
  return new Proxy(target, {
    get: (own, name): unknown =>
      typeof name === 'string' && name in members ? members[name] : Reflect.get(own, name),
  });
}
