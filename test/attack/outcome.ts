/** What became of one request. */
export interface Outcome {
  /** 0 when the connection ended without a response. */
  status: number;
  /** The length of the body. */
  bytes: number;
}
