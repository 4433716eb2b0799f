/** Calls of the API, with what must be the same on every runtime. */

/** The part of a response that does not differ between requests. */
export interface Answer {
  call: string;
  status: number;
  /** The status that it must have. */
  expected: number;
  type: string | null;
  etag: string | null;
  body: string;
}

type Send = (path: string, init?: RequestInit) => Promise<Response>;

function form(): FormData {
  const data = new FormData();
  data.append('title', 'ü "quoted"');
  data.append('file', new File(['\r\n--content'], 'ü.txt', { type: 'text/plain' }));
  return data;
}

/** Sends all calls. @param send sends a request to a path. */
export async function answers(send: Send): Promise<Answer[]> {
  const json = { 'content-type': 'application/json' };
  const text = { 'content-type': 'application/x-www-form-urlencoded' };
  const lines = { headers: { 'trpc-accept': 'application/jsonl' } };
  const boundary = { 'content-type': 'multipart/form-data; boundary=x' };
  const calls: [expected: number, path: string, init?: RequestInit][] = [
    [200, '/api/v1/text/5'],
    [304, '/api/v1/text/5', { headers: { 'if-none-match': '*' } }],
    // Long enough to be compressed. The client decodes it.
    [200, '/api/v1/text/5000'],
    [400, '/api/v1/text/x'],
    [404, '/api/v1/nothing'],
    [200, '/api/v1/hello', { method: 'POST', headers: { 'x-name': 'Ada' } }],
    [200, '/api/v1/files', { method: 'POST', body: form() }],
    [400, '/api/v1/files', { method: 'POST', body: '--x', headers: boundary }],
    [200, `/api/trpc/text?input=${encodeURIComponent('{"json":{"length":3}}')}`],
    [200, '/api/trpc/hello', { method: 'POST', body: '{"json":null}', headers: json }],
    [400, '/api/trpc/text?input=%7B', { headers: json }],
    [207, `/api/trpc/text,nothing?batch=1&input=${encodeURIComponent('{"0":{"json":{"length":1}}}')}`],
    [200, `/api/trpc/text,fail?batch=1&input=${encodeURIComponent('{"0":{"json":{"length":1}}}')}`, lines],
    [200, `/api/trpc/count?input=${encodeURIComponent('{"json":{"to":2}}')}`],
    [200, '/api/v1/count?to=3'],
    [200, '/api/v1/count?to=1', { headers: { accept: 'application/x-ndjson' } }],
    [
      200,
      '/api/v1/text/7',
      { method: 'PUT', headers: json, body: '{"at":"2026-01-01T00:00:00Z","tags":["a"]}' },
    ],
    [200, '/api/v1/text/7', { method: 'PUT', headers: text, body: 'at=2026-01-01T00:00:00Z&tags=a&tags=b' }],
    [400, '/api/v1/text/7', { method: 'PUT', headers: json, body: '{"at":"never"}' }],
    [405, '/api/v1/text/7', { method: 'DELETE' }],
    [204, '/api/v1/text/7', { method: 'OPTIONS' }],
    [200, '/api/v1/text/7', { method: 'HEAD' }],
    [403, '/api/v1/hello', { method: 'POST', headers: { origin: 'https://evil.example', cookie: 'a=1' } }],
    [413, '/api/v1/text/7', { method: 'PUT', headers: json, body: `"${'x'.repeat(1024 * 1024)}"` }],
    [500, '/api/v1/fail'],
    [200, '/api/openapi.json'],
  ];
  const result: Answer[] = [];
  for (const [expected, path, init] of calls) {
    const response = await send(path, init);
    const { status, headers } = response;
    const body = (await response.text())
      .replace(/"requestId":"[^"]*"/g, '"requestId":""')
      // Each engine explains invalid JSON in its own words.
      .replace(/(is not valid JSON: )[^"]*/g, '$1');
    const etag = headers.get('etag')?.replace(/-(?:br|gzip)"$/, '"') ?? null;
    result.push({
      call: `${init?.method ?? 'GET'} ${path}`,
      status,
      expected,
      type: headers.get('content-type'),
      etag,
      body,
    });
  }
  return result;
}
