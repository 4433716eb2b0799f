/** What a part of `npm run test:operations` gets. */
export interface Circumstances {
  /** The URL of any database of a Postgres server. */
  server: string;
  /** True if the part must take seconds instead of minutes. */
  isShort: boolean;
  /** Prints a figure. */
  report: (line: string) => void;
}

/** A part of `npm run test:operations`. It throws if its test fails. */
export type Part = (circumstances: Circumstances) => Promise<void>;
