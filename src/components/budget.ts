import { MESSAGE_COST, piecesOf } from './markdown-pieces.ts';

/** What the answers of a page may cost together, as `piecesOf` counts. */
export const PAGE_COST = 2 * MESSAGE_COST;
/** What the reasoning of one answer may cost. */
const REASONING_COST = MESSAGE_COST / 4;

/** How much of an answer is parsed. */
export interface Budget {
  text: number;
  reasoning: number;
}

/** What is parsed of a message. */
export interface Written {
  text: string;
  reasoning: string;
}

/** A message does not change; one that grows is another object each time. */
const costs = new WeakMap<object, Budget>();

function costOf<M extends object>(message: M, written: (message: M) => Written): Budget {
  const known = costs.get(message);
  if (known) return known;
  const { text, reasoning } = written(message);
  const cost = { text: piecesOf(text).cost, reasoning: piecesOf(reasoning, REASONING_COST).cost };
  costs.set(message, cost);
  return cost;
}

/**
 * Shares what a page may parse among its messages: the newest ones first, and the text of each before its reasoning.
 * @param messages oldest first.
 */
export function shareBudget<M extends object>(
  messages: readonly M[],
  written: (message: M) => Written,
): Budget[] {
  let left = PAGE_COST;
  const take = (cost: number, most: number) => {
    const budget = Math.min(most, left);
    left -= Math.min(cost, budget);
    return budget;
  };
  return messages
    .toReversed()
    .map((message) => {
      const cost = costOf(message, written);
      return { text: take(cost.text, MESSAGE_COST), reasoning: take(cost.reasoning, REASONING_COST) };
    })
    .reverse();
}
