/** Stops answers in progress, when an account is banned or deleted. */
export interface Answers {
  /** Stops the given runs, as far as this process is writing them. `notifyStop` notifies the other instances. */
  stopHere: (runIds: string[]) => void;
  /** Stops all answers of a user, on any instance. The text so far is kept. */
  stopAll: (userId: string) => Promise<void>;
}
