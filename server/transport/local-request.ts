import type { IncomingMessage } from 'node:http';
import { isLoopbackHost } from '#layer/index';

/** Headers that a proxy adds: with one of them, the peer is not who sent the request. */
const OF_PROXY = /^(x-forwarded-.*|forwarded|via|x-real-ip|cf-connecting-ip|true-client-ip)$/;
const LOOPBACK = /^(::ffff:)?127\.|^::1$/;

/**
 * Returns true if a request was sent by a program on this machine, as far as can be told: its peer has a loopback address, it
 * names a loopback host, no proxy has left a header, and it comes from no page of another host. A proxy on this machine
 * that rewrites Host and adds no header cannot be told from such a program; APP_URL and TRUST_PROXY tell of one.
 */
export function isLocalRequest({ headers, socket }: Pick<IncomingMessage, 'headers' | 'socket'>): boolean {
  const { host, origin } = headers;
  if (!LOOPBACK.test(socket.remoteAddress ?? '') || host === undefined || !isLoopbackHost(host)) return false;
  if (origin !== undefined && !isLoopbackHost(URL.parse(origin)?.host ?? '')) return false;
  return !Object.keys(headers).some((name) => OF_PROXY.test(name));
}
