import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { readAddress } from './address.ts';
import { ALIVE_MS, MAX_LINE_BYTES, Message, type Request } from './protocol.ts';

/** How long a server may be silent, in milliseconds. */
const SILENT_MS = 10 * ALIVE_MS;

/** Where a program prints what a server sends. */
export interface Terminal {
  out: (line: string) => void;
  err: (line: string) => void;
}

function tryToConnect(address: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(address);
    socket.once('connect', () => resolve(socket));
    socket.once('error', () => resolve(undefined));
  });
}

/**
 * Connects to the server of an embedded database.
 * @returns undefined if no server listens, such as one that starts or stops.
 */
export async function connectConsole(folder: string): Promise<Socket | undefined> {
  const address = readAddress(folder);
  return address === undefined ? undefined : tryToConnect(address);
}

function parseMessage(line: string): Message | undefined {
  try {
    return z.parse(Message, JSON.parse(line));
  } catch {
    return undefined;
  }
}

/** Sends a command to a server, and prints what it prints. @returns the exit code of the command. */
export async function sendCommand(socket: Socket, request: Request, { out, err }: Terminal): Promise<number> {
  const silence = new AbortController();
  socket.on('error', () => socket.destroy());
  socket.setTimeout(SILENT_MS, () => {
    silence.abort();
    socket.destroy();
  });
  socket.write(`${JSON.stringify(request)}\n`);
  const lines = createInterface({ input: socket, crlfDelay: Infinity });
  for await (const line of lines) {
    if (line === '') continue;
    const message = line.length > MAX_LINE_BYTES ? undefined : parseMessage(line);
    if (!message) {
      socket.destroy();
      err('The running server sent something else than expected. Restart it, and run the command again.');
      return 1;
    }
    if ('exit' in message) {
      socket.destroy();
      return message.exit;
    }
    if ('out' in message) out(message.out);
    else err(message.err);
  }
  err(
    silence.signal.aborted
      ? 'The running server does not respond. Its log may have the reason.'
      : 'The server ended before the command was complete. Run the command again.',
  );
  return 1;
}
