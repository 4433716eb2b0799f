/** Thrown if an S3 server cannot be used. The message explains it in full, and has no secret. */
export class S3Error extends Error {
  override name = 'S3Error';
  /** The server's code such as `NO_SUCH_BUCKET`, or what happened instead of a response. For the log. */
  readonly code: string;

  constructor(message: string, code: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
