/** Writes an HTTP/1.1 request with a JSON body, or without a body. */
export function request(method: string, path: string, headers: string[], body?: object): string {
  const json = body ? JSON.stringify(body) : '';
  const entity = body ? ['content-type: application/json', `content-length: ${Buffer.byteLength(json)}`] : [];
  return [`${method} ${path} HTTP/1.1`, 'host: 127.0.0.1', ...headers, ...entity, '', json].join('\r\n');
}

/** Returns the body that `useChat` sends for the first question of a chat. */
export function submission(chatId: string) {
  const parts = [{ type: 'text', text: 'Please count.' }];
  return {
    id: chatId,
    trigger: 'submit-message',
    messages: [{ id: `${chatId}-question`, role: 'user', parts }],
  };
}
