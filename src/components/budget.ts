import { MESSAGE_COST, piecesOf } from './markdown-pieces.ts';

/** The maximum cost of all answers of a page, in the units of `piecesOf`. */
export const PAGE_COST = 2 * MESSAGE_COST;
/** The maximum cost of the reasoning of one answer. */
const REASONING_COST = MESSAGE_COST / 4;

/** The cost of older answers changes while the newest one grows, but their budget only in steps of this size. */
const STEP = MESSAGE_COST / 10;

/** The cost up to which an answer is parsed. */
export interface Budget {
  text: number;
  reasoning: number;
}

/** The texts of a message that are parsed. */
export interface Written {
  text: string;
  reasoning: string;
}

/** Costs by message. Messages are immutable: an answer in progress is a new object after each change. */
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
 * Distributes the budget of a page to its messages: the newest first, and the text of each before its reasoning.
 * @param messages oldest first.
 */
export function shareBudget<M extends object>(
  messages: readonly M[],
  written: (message: M) => Written,
): Budget[] {
  let left = PAGE_COST;
  const take = (cost: number, most: number) => {
    if (cost <= left) {
      left -= Math.min(cost, most);
      return most;
    }
    const budget = Math.min(most, Math.floor(left / STEP) * STEP);
    left = 0;
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
