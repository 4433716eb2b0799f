import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { listen } from './listen.ts';

/** What the proxy does with its connections, those it has and those that come. */
export type Weather =
  /** Passes all on. */
  | 'clear'
  /** Breaks connections off and refuses new ones, as a server that was stopped. */
  | 'down'
  /** Breaks connections off; takes new ones and closes them at once, as a balancer with nobody behind it. */
  | 'hangs up'
  /** Passes nothing on and says nothing, as a network that drops packets. */
  | 'silent';

/** A TCP proxy on 127.0.0.1 whose connections can be troubled. */
export interface TcpProxy {
  port: number;
  become: (weather: Weather) => Promise<void>;
  close: () => Promise<void>;
}

/** Starts a proxy in front of `target`, in clear weather. */
export async function startTcpProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  const pairs = new Set<[Socket, Socket]>();
  let weather: Weather = 'clear';

  function join(inner: Socket, outer: Socket): void {
    for (const socket of [inner, outer]) socket.unpipe();
    inner.pipe(outer);
    outer.pipe(inner);
  }

  const server = createServer((inner) => {
    inner.on('error', () => undefined);
    if (weather === 'hangs up') return void inner.resume().end();
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
    if (weather === 'clear') join(inner, outer);
  });
  const port = await listen(server);

  function breakOff(): void {
    for (const [inner, outer] of pairs) {
      inner.resetAndDestroy();
      outer.destroy();
    }
  }

  async function stopListening(): Promise<void> {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    breakOff();
    await closed;
  }

  return {
    port,
    async become(next) {
      weather = next;
      if (next === 'down') return stopListening();
      if (!server.listening) await listen(server, port);
      if (next === 'hangs up') breakOff();
      for (const [inner, outer] of pairs) {
        if (next === 'clear') join(inner, outer);
        if (next !== 'silent') continue;
        for (const socket of [inner, outer]) socket.unpipe().pause();
      }
    },
    close: stopListening,
  };
}
