import postgres from 'postgres';
import { createConnectionQueue } from './connection-queue.ts';
import { timeLimitOf, type TimeLimits } from './work.ts';

type Client = postgres.Sql;

/** How long callers wait for a connection while the database answers nobody, in milliseconds. */
const PATIENCE_MS = 2500;

/** Statements are prepared: the driver asks for the parameter types of one that is not, a round trip more each time. */
const PREPARED = { prepare: true };

/** A connection of its own client, and the `statement_timeout` it has; undefined when that is not known. */
interface Slot {
  client: Client;
  limitMs: number | undefined;
}

interface PoolOptions {
  size: number;
  limits: TimeLimits;
  /** How long a connection may be used at a stretch before it is ended, in milliseconds. */
  holdMs: number;
}

/**
 * A pool of connections as Drizzle uses a client of postgres.js, with a time limit by kind for each statement. The limit
 * is the server's own `statement_timeout`, set in the same packet as a statement of another kind than the connection had
 * before, so it costs no round trip; connections are chosen so that this is rare. One caller has half of the
 * connections at most.
 * @param options those of postgres.js, without `max`.
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

  function makeSlot(): Slot {
    const forget = () => {
      slot.limitMs = undefined;
    };
    const slot: Slot = { client: postgres(url, { ...options, max: 1, onclose: forget }), limitMs: undefined };
    open.add(slot.client);
    return slot;
  }

  /** A connection with this time limit where there is one, else the one used last: a calm server has few. */
  function take(limitMs: number): Slot {
    const index = free.findLastIndex((slot) => slot.limitMs === limitMs);
    const [slot] = free.splice(index, 1);
    if (slot) return slot;
    const made = makeSlot();
    // Drizzle has changed how the first one reads and writes values.
    Object.assign(made.client.options.parsers, first.client.options.parsers);
    Object.assign(made.client.options.serializers, first.client.options.serializers);
    return made;
  }

  function setLimit(slot: Slot, limitMs: number): void {
    if (slot.limitMs === limitMs) return;
    slot.limitMs = limitMs;
    // Not waited for: it goes before the statement in the same packet, and fails with the connection.
    slot.client.unsafe(`set statement_timeout = ${Number.isFinite(limitMs) ? limitMs : 0}`).catch(() => {
      slot.limitMs = undefined;
    });
  }

  function use<T>(text: string, work: (client: Client) => PromiseLike<T>): Promise<T> {
    const limitMs = timeLimitOf(text, limits);
    return queue.pass(async () => {
      const slot = take(limitMs);
      const giveUp = () => {
        open.delete(slot.client);
        void slot.client.end({ timeout: 0 });
      };
      const timer = Number.isFinite(limitMs) ? setTimeout(giveUp, holdMs) : undefined;
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
  const first = makeSlot();
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

/** `target` with other members in the place of some of its own. */
function replacing<T extends object>(target: T, members: Record<string, unknown>): T {
  return new Proxy(target, {
    get: (own, name): unknown =>
      typeof name === 'string' && name in members ? members[name] : Reflect.get(own, name),
  });
}
