import { createServer, type Server, type Socket } from 'node:net';
import { z } from 'zod';
import type { Logger } from '#server/log/index';
import { chooseAddress, removeAddress, writeAddress } from './address.ts';
import { ALIVE_MS, MAX_REQUEST_BYTES, type Message, PROTOCOL, Request } from './protocol.ts';

/** How long a client may take to send its request, in milliseconds. */
const REQUEST_MS = 5_000;
/** How long a client may take none of the output, in milliseconds. */
const STALLED_MS = 60_000;
/** How long the last lines may take to reach a client, in milliseconds. */
const LAST_MS = 2_000;
const MAX_CLIENTS = 16;

/** Where a command prints. */
export interface Output {
  print: (line: string) => Promise<void>;
  /** Aborted if the client has left, or if the server stops. */
  signal: AbortSignal;
}

/** Executes a request and returns the exit code. What it throws is shown as an internal error. */
export type Execute = (request: Request, output: Output) => Promise<{ exit: number; error?: string }>;

/** A socket on which commands reach the running server. */
export interface Console {
  /** Where it listens. */
  address: string;
  /** Accepts no more commands, ends those in progress, and removes the socket. Resolves when none is in progress. */
  close: () => Promise<void>;
}

/** Returns the first line of what a client sends. @throws {Error} if it is too long or takes too long. */
function readLine(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const timer = setTimeout(() => reject(new Error('no request arrived in time')), REQUEST_MS);
    const end = (error: Error) => {
      clearTimeout(timer);
      reject(error);
    };
    socket.on('data', (chunk: Buffer) => {
      const newline = chunk.indexOf(10);
      length += newline < 0 ? chunk.length : newline;
      if (length > MAX_REQUEST_BYTES) return end(new Error('the request is too long'));
      chunks.push(newline < 0 ? chunk : chunk.subarray(0, newline));
      if (newline < 0) return;
      clearTimeout(timer);
      socket.removeAllListeners('data');
      // What else a client sends is thrown away, so that its end is noticed.
      socket.resume();
      resolve(Buffer.concat(chunks).toString());
    });
    socket.once('close', () => end(new Error('the client has left')));
  });
}

function parseRequest(line: string): Request | string {
  let content: unknown;
  try {
    content = JSON.parse(line);
  } catch {
    return 'The request is not valid.';
  }
  const result = z.safeParse(Request, content);
  if (result.success) return result.data;
  const isOther =
    typeof content === 'object' && content && 'protocol' in content && content.protocol !== PROTOCOL;
  return isOther
    ? 'The running server and this program have different versions. Restart the server, and run the command again.'
    : 'The request is not valid.';
}

/** Sends a message, and waits while the client does not take it. */
async function send(socket: Socket, message: Message): Promise<void> {
  if (socket.writableEnded || socket.destroyed) return;
  if (socket.write(`${JSON.stringify(message)}\n`)) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      socket.off('drain', done).off('close', done);
      resolve();
    };
    const timer = setTimeout(() => socket.destroy(), STALLED_MS);
    socket.once('drain', done).once('close', done);
  });
}

/** Ends a connection when its last lines have been taken, also if the client keeps its side open. */
function end(socket: Socket): Promise<void> {
  if (socket.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => socket.destroy(), LAST_MS);
    socket.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    socket.end(() => socket.destroy());
  });
}

interface Serving {
  execute: Execute;
  stop: AbortSignal;
  log: Logger;
}

async function serveClient(
  socket: Socket,
  { execute, stop, log }: Serving,
  onRequest: () => void,
): Promise<void> {
  const left = new AbortController();
  socket.once('close', () => left.abort());
  const request = parseRequest(await readLine(socket));
  onRequest();
  if (typeof request === 'string') {
    await send(socket, { err: request });
    return send(socket, { exit: 1 });
  }
  const alive = setInterval(() => socket.writableLength > 0 || socket.write('\n'), ALIVE_MS);
  const { command } = request;
  const began = performance.now();
  try {
    const output: Output = {
      print: (line) => send(socket, { out: line }),
      signal: AbortSignal.any([left.signal, stop]),
    };
    const { exit, error } = await execute(request, output);
    log.info({ command, exit, ms: Math.round(performance.now() - began) }, 'executed a command');
    if (error !== undefined) await send(socket, { err: error });
    await send(socket, { exit });
  } catch (err) {
    log.error({ err, command }, 'a command failed');
    const text = stop.aborted
      ? 'The server stops, so the command was ended. Run it again.'
      : 'The command failed. The log of the server has the reason.';
    await send(socket, { err: text });
    await send(socket, { exit: 1 });
  } finally {
    clearInterval(alive);
  }
}

/** Listens with access only for the owner, from the first moment on. */
function listenPrivately(server: Server, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    // The socket is created before `listen` returns.
    const before = process.umask(0o177);
    try {
      server.listen(address, () => resolve());
    } finally {
      process.umask(before);
    }
  });
}

/**
 * Listens for commands on a socket of the folder of the embedded database. The caller has the lock of the folder. Who
 * can open the socket may run any command: only the owner of the folder can.
 */
export async function openConsole(folder: string, execute: Execute, log: Logger): Promise<Console> {
  removeAddress(folder);
  const stop = new AbortController();
  /** Clients that have sent no request yet. */
  const silent = new Set<Socket>();
  const served = new Set<Promise<void>>();
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    silent.add(socket);
    const serving = serveClient(socket, { execute, stop: stop.signal, log }, () => silent.delete(socket))
      // The client has sent no request.
      .catch(() => undefined)
      .then(() => {
        silent.delete(socket);
        return end(socket);
      })
      .finally(() => served.delete(serving));
    served.add(serving);
  });
  server.maxConnections = MAX_CLIENTS;
  const address = chooseAddress(folder);
  await listenPrivately(server, address);
  // It must not keep a process alive, and a failure must not end it.
  server.unref().on('error', (err) => log.error({ err }, 'the socket for commands failed'));
  writeAddress(folder, address);
  return {
    address,
    async close() {
      stop.abort();
      server.close();
      for (const socket of silent) socket.destroy();
      await Promise.all(served);
      removeAddress(folder);
    },
  };
}
