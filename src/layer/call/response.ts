import { HeaderList } from './header-list.ts';

/** A response whose body is complete: it can be hashed, stored and compressed, and is sent at once. */
export interface BufferedResponse {
  status: number;
  headers: HeaderList;
  /** `null` if there is none. */
  body: string | Uint8Array<ArrayBuffer> | null;
}

/** The response of a surface: a WHATWG Response if its body is a stream. */
export type ApiResponse = BufferedResponse | Response;

/** Returns a response as a WHATWG Response, for hosts that take those. */
export function toResponse(response: ApiResponse): Response {
  if (response instanceof Response) return response;
  const { status, headers, body } = response;
  return new Response(body, { status, headers: [...headers] });
}

/** Returns a response with a JSON body. */
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
