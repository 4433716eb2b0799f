/** The maximum number of characters of instructions. In a module without zod, because pages import it. */
export const MAX_INSTRUCTIONS = 4000;
