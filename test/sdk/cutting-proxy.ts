import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { listen } from '#test/listen';

/** A TCP proxy on 127.0.0.1 that breaks connections off in the middle of answers. */
export interface CuttingProxy {
  url: string;
  /** The texts at which a connection was cut, in order. */
  cuts: string[];
  close: () => Promise<void>;
}

/**
 * Starts a proxy in front of a server. Where a text that `mark` matches comes for the first time, its connection is broken
 * off, whatever else was on its way: `after` it has passed, or `before`.
 */
export async function startCuttingProxy(
  target: string,
  mark: RegExp,
  where: 'before' | 'after' = 'after',
): Promise<CuttingProxy> {
  const to = new URL(target);
  const cuts: string[] = [];
  const marks = new RegExp(mark, 'g');
  const sockets = new Set<Socket>();

  const server = createServer((inner) => {
    const outer = connect(Number(to.port), to.hostname);
    const breakOff = () => {
      inner.resetAndDestroy();
      outer.destroy();
    };
    for (const socket of [inner, outer]) {
      sockets.add(socket);
      socket.on('error', breakOff).on('close', () => {
        sockets.delete(socket);
        breakOff();
      });
    }
    inner.pipe(outer);
    let tail = '';
    outer.on('data', (bytes: Buffer) => {
      const text = tail + bytes.toString('latin1');
      tail = text.slice(-40);
      const found = text.match(marks)?.find((passed) => !cuts.includes(passed));
      if (found === undefined) {
        inner.write(bytes);
        return;
      }
      cuts.push(found);
      if (where === 'before') breakOff();
      else inner.write(bytes, breakOff);
    });
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    cuts,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
