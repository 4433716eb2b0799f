import { runtime } from '#runtime';
import { HeaderList } from './header-list.ts';

/** A response with a complete body, which is sent at once, and can be hashed, stored and compressed. */
export interface BufferedResponse {
  /** The HTTP status. */
  status: number;
  headers: HeaderList;
  /** The body; `null` if there is none. */
  body: string | Uint8Array<ArrayBuffer> | null;
}

/** The response of a surface: a WHATWG Response if its body is a stream. */
export type ApiResponse = BufferedResponse | Response;

/** Returns the size of the body of a response, in bytes. */
export function sizeOf({ body }: BufferedResponse): number {
  if (body === null) return 0;
  return typeof body === 'string' ? runtime.byteLength(body) : body.byteLength;
}

/** Converts a response to a WHATWG Response, for hosts with the Fetch API. */
export function toResponse(response: ApiResponse): Response {
  if (response instanceof Response) return response;
  const { status, headers, body } = response;
  return new Response(body, { status, headers: [...headers] });
}

/** Returns the response to HEAD: the same status and headers. Ends a stream. */
export async function withoutBody(response: Response): Promise<Response> {
  await response.body?.cancel();
  return new Response(null, response);
}

/** Returns a response with a JSON body, as `application/json` if `headers` has no other type. */
export function jsonResponse(
  value: unknown,
  { status = 200, headers = {} }: { status?: number; headers?: Record<string, string> } = {},
): BufferedResponse {
  const fields = { 'content-type': 'application/json', ...headers };
  return { status, headers: new HeaderList(Object.entries(fields)), body: JSON.stringify(value) };
}

/** Returns a response without a body. */
export const emptyResponse = (status: number, headers: Record<string, string> = {}): BufferedResponse => ({
  status,
  headers: new HeaderList(Object.entries(headers)),
  body: null,
});
