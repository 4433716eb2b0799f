import postgres from 'postgres';
import { createConnectionQueue } from './connection-queue.ts';
import { limitedBySession, limitedByTransaction, type LimitedSender, type Slot } from './postgres-limits.ts';
import { timeLimitOf, type TimeLimits } from './work.ts';

type Client = postgres.Sql;
type Unsafe = Client['unsafe'];

/** How long callers wait for a connection while the database does not respond to any query, in milliseconds. */
const PATIENCE_MS = 2500;

interface PoolOptions {
  size: number;
  limits: TimeLimits;
  /** The maximum time of one use of a connection, in milliseconds. After that, the connection is ended. */
  holdMs: number;
  /** Set if connections may lead to a transaction pooler. */
  pooler?: { prepared: boolean } | undefined;
}

/**
 * Makes a statement that is not prepared take one round trip instead of two. postgres.js asks the server for the types
 * of parameters before it sends their values, but it writes text, numbers, booleans and null in the same way for every
 * type. So it needs the types only for other values.
 */
function withoutDescribing<T extends object>(query: T, values: readonly unknown[]): T {
  if (values.some((value) => typeof value === 'object' && value !== null)) return query;
  // postgres.js sets this property when it sends the query.
  return Object.defineProperty(query, 'describeFirst', { get: () => false, set: () => undefined });
}

/**
 * Returns a function that sends a statement. A prepared one takes one round trip from the second time on each
 * connection.
 */
function createUnsafe(prepare: boolean) {
  return (target: Pick<Client, 'unsafe'>, ...[text, values = []]: Parameters<Unsafe>) => {
    const query = target.unsafe(text, values, { prepare });
    return prepare ? query : withoutDescribing(query, values);
  };
}

/**
 * Creates a pool of connections that Drizzle uses like a client of postgres.js. Each statement has a time limit by its
 * kind: the server's own `statement_timeout`. Connections are chosen so that it rarely has to be set. One caller can use
 * at most half of the connections.
 * @param options the options of postgres.js, without `max`.
 */
export function createPool(
  url: string,
  options: postgres.Options<Record<string, postgres.PostgresType>>,
  { size, limits, holdMs, pooler }: PoolOptions,
): Client {
  const queue = createConnectionQueue({
    width: size,
    share: Math.ceil(size / 2),
    waitMs: limits.wait,
    patienceMs: PATIENCE_MS,
  });
  const sender: LimitedSender = pooler ? limitedByTransaction : limitedBySession;
  const prepare = pooler?.prepared ?? true;
  const send = createUnsafe(prepare);
  const free: Slot[] = [];

  function createSlot(): Slot {
    const onclose = () => {
      slot.limitMs = undefined;
      slot.isOpen = false;
    };
    const client = postgres(url, { ...options, prepare, max: 1, onclose });
    const slot: Slot = { client, limitMs: undefined, isOpen: false };
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

  function use<T>(text: string, work: (slot: Slot, limitMs: number) => Promise<T>): Promise<T> {
    const limitMs = timeLimitOf(text, limits);
    return queue.pass(async () => {
      const slot = take(limitMs);
      const endConnection = () => {
        open.delete(slot.client);
        void slot.client.end({ timeout: 0 });
      };
      const timer = Number.isFinite(limitMs) ? setTimeout(endConnection, holdMs) : undefined;
      try {
        return await work(slot, limitMs);
      } finally {
        clearTimeout(timer);
        if (open.has(slot.client)) free.push(slot);
      }
    });
  }

  const open = new Set<Client>();
  const first = createSlot();
  free.push(first);

  const unsafe = (...[text, values]: Parameters<Unsafe>) => ({
    values: () =>
      use(text, (slot, limitMs) =>
        sender.statement(slot, limitMs, (client) => send(client, text, values).values()),
      ),
    then: (...settled: Parameters<Promise<unknown>['then']>) =>
      use(text, (slot, limitMs) =>
        sender.statement(slot, limitMs, (client) => send(client, text, values)),
      ).then(...settled),
  });
  const begin = (work: (transaction: postgres.TransactionSql) => Promise<unknown>) =>
    use('begin', (slot, limitMs) =>
      sender.transaction(slot, limitMs, (transaction) =>
        work(
          replacing(transaction, {
            unsafe: (...[text, values]: Parameters<Unsafe>) => send(transaction, text, values),
          }),
        ),
      ),
    );
  const end: Client['end'] = async (...how) => {
    await Promise.all([...open].map((client) => client.end(...how)));
  };
  return replacing(first.client, { unsafe, begin, end });
}

/** Returns `target` with some of its members replaced. */
function replacing<T extends object>(target: T, members: Record<string, unknown>): T {
  return new Proxy(target, {
    get: (own, name): unknown =>
      typeof name === 'string' && name in members ? members[name] : Reflect.get(own, name),
  });
}
