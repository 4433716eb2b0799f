import { writeSync } from 'node:fs';

/** An error that its message explains in full, so no stack is printed. */
export class Problem extends Error {
  /** The exit code: 1 if the project needs a change, 2 if the command line does. */
  readonly exitCode: 1 | 2;

  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** The output of a command that found something. */
export interface Result {
  text: string;
  /** 1 if the project needs a change. */
  exitCode: 0 | 1;
}

/** Returns the message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** Converts what a step throws to a Problem, because its message says what is wrong. */
export async function asProblem<T>(step: () => T | Promise<T>, exitCode?: 1 | 2): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw new Problem(messageOf(error), exitCode);
  }
}

/** Writes a line to stderr at once, also if a module of the router has changed the console. */
export function report(line: string): void {
  try {
    writeSync(2, `${line}\n`);
  } catch {
    // The reader of stderr is gone.
  }
}
