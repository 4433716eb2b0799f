import { describeMachine, UNPINNED } from '../lib/machine.ts';

/** Describes how figures were measured. @param beside a note about other programs that ran. */
export const describeRounds = (rounds: number, beside: string | undefined): string =>
  `${describeMachine(UNPINNED)} The server and Chromium shared them. ${rounds === 1 ? 'One round' : `The medians of ${rounds} rounds`}.${beside === undefined ? '' : ` ${beside}`}`;
