import { connect, type Socket } from 'node:net';
import type { Outcome } from './outcome.ts';

/** How long a server may send nothing until a response counts as missing, and as ended, in milliseconds. */
const SILENCE_MS = 5_000;
const END_MS = 300;

/** Opens a connection to a server. */
export function open(url: string): Socket {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  return socket;
}

/** Sends raw bytes. @returns the status of the response, or 0 if there was none. */
export function sendRaw(url: string, bytes: string): Promise<Outcome> {
  return new Promise((resolve) => {
    const socket = open(url);
    let received = '';
    const end = () => {
      socket.destroy();
      const status = /^HTTP\/1\.[01] (\d{3})/.exec(received)?.[1];
      resolve({
        status: Number(status ?? 0),
        bytes: Math.max(0, received.length - received.indexOf('\r\n\r\n') - 4),
      });
    };
    socket.setTimeout(SILENCE_MS, end);
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      received += chunk;
      socket.setTimeout(END_MS);
    });
    socket.on('close', end);
    socket.write(bytes, 'latin1');
  });
}

/** Returns a request without a body, with `Connection: close`. */
export function request(target: string, headers: Record<string, string> = {}, method = 'GET'): string {
  const all = { host: 'localhost', connection: 'close', ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return `${[`${method} ${target} HTTP/1.1`, ...lines].join('\r\n')}\r\n\r\n`;
}
