import type { Call } from '../project/calls.ts';
import { bodyRequests } from './bodies.ts';
import { kindRequests } from './kinds.ts';
import { KNOWN } from './known.ts';
import { protocolRequests } from './protocol.ts';

/** Returns the requests whose responses must be the same on every runtime. */
export const createRequests = async (): Promise<Call[]> => [
  ...KNOWN,
  ...protocolRequests(),
  ...bodyRequests(),
  ...(await kindRequests()),
];
