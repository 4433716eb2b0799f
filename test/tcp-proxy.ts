import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { listen } from './listen.ts';

/** The faults that the proxy can inject into open and new connections. */
export type NetworkFault =
  /** Forwards all data. */
  | 'none'
  /** Resets connections and refuses new ones, like a stopped server. */
  | 'down'
  /** Resets connections, and accepts new ones only to close them, like a load balancer without a backend. */
  | 'hangs up'
  /** Forwards nothing, like a network that drops packets. */
  | 'silent';

/** A TCP proxy on 127.0.0.1 that can inject faults. */
export interface TcpProxy {
  port: number;
  inject: (fault: NetworkFault) => Promise<void>;
  close: () => Promise<void>;
}

/** Starts a proxy in front of `target`, without a fault. */
export async function startTcpProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  const pairs = new Set<[Socket, Socket]>();
  let fault: NetworkFault = 'none';

  function join(inner: Socket, outer: Socket): void {
    for (const socket of [inner, outer]) socket.unpipe();
    inner.pipe(outer);
    outer.pipe(inner);
  }

  const server = createServer((inner) => {
    inner.on('error', () => undefined);
    if (fault === 'hangs up') return void inner.resume().end();
    const outer = connect(target);
    outer.on('error', () => undefined);
    const pair: [Socket, Socket] = [inner, outer];
    pairs.add(pair);
    for (const socket of pair) {
      socket.on('close', () => {
        pairs.delete(pair);
        for (const other of pair) other.destroy();
      });
    }
    if (fault === 'none') join(inner, outer);
  });
  const port = await listen(server);

  function disconnectAll(): void {
    for (const [inner, outer] of pairs) {
      inner.resetAndDestroy();
      outer.destroy();
    }
  }

  async function stopListening(): Promise<void> {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    disconnectAll();
    await closed;
  }

  return {
    port,
    async inject(next) {
      fault = next;
      if (next === 'down') return stopListening();
      if (!server.listening) await listen(server, port);
      if (next === 'hangs up') disconnectAll();
      for (const [inner, outer] of pairs) {
        if (next === 'none') join(inner, outer);
        if (next !== 'silent') continue;
        for (const socket of [inner, outer]) socket.unpipe().pause();
      }
    },
    close: stopListening,
  };
}
