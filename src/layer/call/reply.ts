/** An answer whose body is at hand: it can be hashed, kept and compressed, and is sent in one piece. */
export interface Reply {
  status: number;
  headers: Headers;
  /** `null` where there is none. */
  body: string | Uint8Array<ArrayBuffer> | null;
}

/** What a surface answers with: a Response where the body comes as a stream. */
export type Answer = Reply | Response;

/** An answer for hosts that take Responses. */
export const toResponse = (answer: Answer): Response =>
  answer instanceof Response ? answer : new Response(answer.body, answer);
