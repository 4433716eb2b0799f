import { z } from 'zod';

/*
 * The protocol between the operator's program and a running server: the program connects, sends one line of JSON, the
 * request, and receives lines of JSON: what to print, and at the end the exit code. An empty line shows that the server
 * is still at work.
 */

/** The version of the protocol. A program and a server of different versions do not understand each other. */
export const PROTOCOL = 1;
/** The longest request, in bytes. */
export const MAX_REQUEST_BYTES = 64 * 1024;
/** The longest line that a server sends, in bytes. */
export const MAX_LINE_BYTES = 256 * 1024;
/** How often a working server shows that it is alive, in milliseconds. */
export const ALIVE_MS = 2_000;

export const Request = z.strictObject({
  protocol: z.literal(PROTOCOL),
  command: z.string().max(100),
  /** The input of the command, which the command validates. */
  input: z.record(z.string().max(100), z.union([z.string().max(10_000), z.boolean()])),
});
export type Request = z.output<typeof Request>;

export const Message = z.union([
  z.strictObject({ out: z.string() }),
  z.strictObject({ err: z.string() }),
  z.strictObject({ exit: z.int().min(0).max(255) }),
]);
export type Message = z.output<typeof Message>;
