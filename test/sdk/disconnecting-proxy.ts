import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { listen } from '#test/listen';

/** A TCP proxy on 127.0.0.1 that resets connections in the middle of responses. */
export interface DisconnectingProxy {
  url: string;
  /** The texts at which a connection was reset, in order. */
  disconnects: string[];
  close: () => Promise<void>;
}

/**
 * Starts a proxy in front of a server. When a text that `mark` matches occurs for the first time, the proxy resets its
 * connection, including other data in transit: `after` it has forwarded the text, or `before`.
 */
export async function startDisconnectingProxy(
  target: string,
  mark: RegExp,
  when: 'before' | 'after' = 'after',
): Promise<DisconnectingProxy> {
  const to = new URL(target);
  const disconnects: string[] = [];
  const marks = new RegExp(mark, 'g');
  const sockets = new Set<Socket>();

  const server = createServer((inner) => {
    const outer = connect(Number(to.port), to.hostname);
    const disconnect = () => {
      inner.resetAndDestroy();
      outer.destroy();
    };
    for (const socket of [inner, outer]) {
      sockets.add(socket);
      socket.on('error', disconnect).on('close', () => {
        sockets.delete(socket);
        disconnect();
      });
    }
    inner.pipe(outer);
    let tail = '';
    outer.on('data', (bytes: Buffer) => {
      const text = tail + bytes.toString('latin1');
      tail = text.slice(-40);
      const found = text.match(marks)?.find((passed) => !disconnects.includes(passed));
      if (found === undefined) {
        inner.write(bytes);
        return;
      }
      disconnects.push(found);
      if (when === 'before') disconnect();
      else inner.write(bytes, disconnect);
    });
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    disconnects,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
