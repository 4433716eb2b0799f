/** The number of deltas of every answer. */
export const DELTAS = 200;

/** The deltas of every answer. Each is a numbered word, so a missing or repeated one is detected. */
export const WORDS: readonly string[] = Array.from({ length: DELTAS }, (_, index) => `word${index + 1} `);

/** The text of every answer. */
export const TEXT = WORDS.join('');
