import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import fc from '#test/fast-check';

/** Opens a connection and sends a text, encoded as Latin-1. */
export function open(port: number, sent = ''): Socket {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  if (sent !== '') socket.write(sent, 'latin1');
  return socket;
}

/** Sends a request. @returns everything that the server sends until the connection ends. */
export async function exchange(port: number, sent: string): Promise<string> {
  const socket = open(port, sent);
  const limit = setTimeout(() => socket.destroy(), 5000);
  try {
    return await text(socket);
  } catch {
    return 'cut';
  } finally {
    clearTimeout(limit);
    socket.destroy();
  }
}

/** Returns the head of a request with `Connection: close`. */
export const request = (line: string, ...headers: string[]) =>
  `${[line, 'Connection: close', ...headers].join('\r\n')}\r\n\r\n`;
/** Returns the status of a raw response. */
export const statusOf = (response: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(response)?.[1]);

/** Valid and invalid parts of requests, escaped as in JSON. */
const TOKENS = String.raw`
GET|POST|OPTIONS|CONNECT|PRI|get|HTTP/1.1|HTTP/1.0|HTTP/2.0|HTTP/9| |\r\n|\n|\r|\r\n\r\n
/|//|*|http://|a:1|..|%2e|%zz|%00|\\|\u0000|\u00ff|?|#
Host: a|Host: a:99999|Host:|Host: [::1|: x|x|x : y|Expect: 100-continue|Expect: x|Upgrade: h2c
Connection: upgrade|Connection: close|Content-Length: 3|Content-Length: -1|Content-Length: 3, 3
Transfer-Encoding: chunked|Transfer-Encoding: gzip, chunked|3\r\nabc\r\n|0\r\n\r\n|ffffffffffffffff\r\n|-1\r\n`;
const token = fc.constantFrom(
  ...TOKENS.trim()
    .split(/[|\n]/)
    .map((part) => String(JSON.parse(`"${part}"`))),
);
const head = fc
  .tuple(
    fc.constantFrom('GET', 'POST', 'OPTIONS', 'TRACE'),
    fc.array(token, { maxLength: 4 }),
    fc.array(token, { maxLength: 6 }),
  )
  .map(
    ([method, target, lines]) => `${method} /${target.join('')} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`,
  );
/** Generates bytes that a client may send instead of requests, in Latin-1. Most of them are nearly valid requests. */
export const bytes = fc.oneof(
  fc.array(token, { maxLength: 20 }).map((tokens) => tokens.join('')),
  head,
  fc.array(head, { minLength: 2, maxLength: 3 }).map((heads) => heads.join('')),
  fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array).toString('latin1')),
);

/** Sends bytes and waits for the response for at most 150 ms. @returns what the server has sent. */
export async function provoke(port: number, sent: string): Promise<string> {
  const socket = open(port, sent);
  const received = text(socket).catch(() => '');
  socket.end();
  await Promise.race([received, pause(150)]);
  socket.destroy();
  return received;
}

/** Matches what a server may send after any bytes: a response, or nothing before it closes the connection. */
export const RESPONSE = /^(HTTP\/1\.1 \d{3} [^]*)?$/;
