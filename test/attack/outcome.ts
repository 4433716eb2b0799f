/** The outcome of a request. */
export interface Outcome {
  /** 0 if the connection ended without a response. */
  status: number;
  /** The length of the body. */
  bytes: number;
}
