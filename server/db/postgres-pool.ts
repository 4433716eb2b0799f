import { setTimeout as pause } from 'node:timers/promises';
import type postgres from 'postgres';
import { metrics } from '#server/metrics/instruments';
import { tracing } from '#server/tracing/spans';
import { inStatement } from '#server/tracing/statements';
import { createConnectionQueue } from './connection-queue.ts';
import { isReadOnly } from './errors.ts';
import { type ConnectionOptions, openConnection } from './postgres-connection.ts';
import { limitedBySession, limitedByTransaction, type LimitedSender, type Slot } from './postgres-limits.ts';
import { failure } from './postgres-socket.ts';
import { timeLimitOf, type TimeLimits } from './work.ts';

type Client = postgres.Sql;
type Unsafe = Client['unsafe'];

/** How long callers wait for a connection while the database does not respond to any query, in milliseconds. */
const PATIENCE_MS = 2500;
/** The pause after a connection could not be opened, in milliseconds. It is short, because callers wait for it. */
const RETRY_MS = 250;
/** How old a connection may become, in milliseconds. A server may keep memory for it, or be about to be replaced. */
const MAX_AGE_MS = 30 * 60_000;

interface PoolOptions {
  size: number;
  limits: TimeLimits;
  /** The maximum time of one use of a connection, in milliseconds. After that, the connection is ended. */
  holdMs: number;
  /** Set if connections may lead to a transaction pooler. */
  pooler?: { prepared: boolean } | undefined;
  /** Called if the server rejects changes, so that the next connection leads to another one. */
  reconsider: () => void;
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
 * at most half of the connections. If the server rejects changes, all connections to it are ended.
 * @param options the options of postgres.js.
 */
export function createPool(
  url: string,
  options: ConnectionOptions,
  { size, limits, holdMs, pooler, reconsider }: PoolOptions,
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
  /** All connections, and those that nothing uses. */
  const open = new Set<Slot>();
  const free: Slot[] = [];
  let retryAt = 0;
  metrics.database.read(queue.running, 'in_use');
  metrics.database.read(() => free.length, 'idle');
  metrics.database.read(queue.waiting, 'waiting');
  let isEnded = false;

  function createSlot(): Slot {
    if (isEnded) throw failure('CONNECTION_ENDED', 'The database was closed.');
    const client = openConnection(url, {
      ...options,
      prepare,
      onclose() {
        if (!slot.isOpen) retryAt = performance.now() + RETRY_MS;
        drop(slot);
      },
      async socket(target) {
        await pause(Math.max(0, retryAt - performance.now()));
        return options.socket(target);
      },
    });
    const slot: Slot = { client, limitMs: undefined, isOpen: false, createdAt: performance.now() };
    open.add(slot);
    return slot;
  }

  function drop(slot: Slot): void {
    open.delete(slot);
    const index = free.indexOf(slot);
    if (index >= 0) free.splice(index, 1);
  }

  function end(slot: Slot): void {
    drop(slot);
    void slot.client.end({ timeout: 0 });
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

  function giveBack(slot: Slot): void {
    if (!open.has(slot)) return;
    if (slot.createdAt < oldest || performance.now() - slot.createdAt > MAX_AGE_MS) end(slot);
    else free.push(slot);
  }

  /** Ends all connections, those in use as soon as they are given back. */
  function leaveServer(): void {
    reconsider();
    oldest = performance.now();
    for (const slot of [...free]) end(slot);
  }

  const use = <T>(text: string, work: (slot: Slot, limitMs: number) => Promise<T>): Promise<T> =>
    inStatement(text, () => pass(text, work));

  function pass<T>(text: string, work: (slot: Slot, limitMs: number) => Promise<T>): Promise<T> {
    const limitMs = timeLimitOf(text, limits);
    return queue.pass(async () => {
      const slot = take(limitMs);
      const endConnection = () => {
        end(slot);
      };
      const timer = Number.isFinite(limitMs) ? setTimeout(endConnection, holdMs) : undefined;
      try {
        return await work(slot, limitMs);
      } catch (error) {
        if (isReadOnly(error) && slot.createdAt >= oldest) leaveServer();
        throw error;
      } finally {
        clearTimeout(timer);
        giveBack(slot);
      }
    });
  }

  /** Connections that were created before this time lead to a server that rejects changes. */
  let oldest = 0;
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
            unsafe: (...[text, values]: Parameters<Unsafe>) => {
              if (tracing.tracer === undefined) return send(transaction, text, values);
              return {
                values: () => inStatement(text, () => send(transaction, text, values).values()),
                then: (...settled: Parameters<Promise<unknown>['then']>) =>
                  inStatement(text, async () => send(transaction, text, values)).then(...settled),
              };
            },
          }),
        ),
      ),
    );
  const endAll: Client['end'] = async (...how) => {
    isEnded = true;
    await Promise.all([...open].map(({ client }) => client.end(...how)));
  };
  return replacing(first.client, { unsafe, begin, end: endAll });
}

/** Returns `target` with some of its members replaced. */
function replacing<T extends object>(target: T, members: Record<string, unknown>): T {
  return new Proxy(target, {
    get: (own, name): unknown =>
      typeof name === 'string' && name in members ? members[name] : Reflect.get(own, name),
  });
}
