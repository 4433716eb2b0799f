import { cutText } from '#layer/index';

/** The longest name that is shown, in UTF-8 bytes. */
const MAX_NAME = 100;

/** The part of a client that says who it is. */
export interface ClientIdentity {
  clientId: string;
  /** Set if the client is known by its metadata document, whose URL is its id. */
  discoveryId: string | null;
  name: string | null;
}

/**
 * Returns who a client is: its host is proven if it serves the metadata of the client, otherwise nothing is. The name is
 * without control characters, because some of them change the order in which letters are shown.
 */
export function identityOf({ clientId, discoveryId, name }: ClientIdentity): {
  name: string;
  host: string | null;
} {
  const host = discoveryId === null ? null : new URL(clientId).host;
  const plain = cutText((name ?? '').replace(/\p{C}/gu, '').trim(), MAX_NAME);
  return { name: plain === '' ? (host ?? 'A program without a name') : plain, host };
}
