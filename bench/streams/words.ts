/** How many deltas every answer has. */
export const DELTAS = 200;

/** The deltas of every answer, each a numbered word, so that none can be missed or doubled unseen. */
export const WORDS: readonly string[] = Array.from({ length: DELTAS }, (_, index) => `word${index + 1} `);
