/** The answers that are being written, as far as accounts are concerned. */
export interface Answers {
  /** Stops those of the given runs that this process is writing. `notifyStop` notifies the other instances. */
  stopHere: (runIds: string[]) => void;
  /** Stops all answers of a user, on any instance. The text so far is kept. */
  stopAll: (userId: string) => Promise<void>;
}
