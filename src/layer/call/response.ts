/** An answer whose body is at hand: it can be hashed, kept and compressed, and is sent in one piece. */
export interface BufferedResponse {
  status: number;
  headers: Headers;
  /** `null` where there is none. */
  body: string | Uint8Array<ArrayBuffer> | null;
}

/** What a surface answers with: a Response where the body comes as a stream. */
export type ApiResponse = BufferedResponse | Response;

/** An answer for hosts that take Responses. */
export const toResponse = (answer: ApiResponse): Response =>
  answer instanceof Response ? answer : new Response(answer.body, answer);
