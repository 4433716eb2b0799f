import { isPlainObject } from '../../rest/text.ts';
import { eventsIn } from '../../sdk/sse.ts';
import { element } from './dom.ts';
import { treeOf } from './tree.ts';

/** An error at a place of the input. */
export interface Issue {
  /** A JSON Pointer (RFC 6901). */
  pointer: string;
  message: string;
}

/** The events and characters that are shown; those before are counted only. */
const MAX_EVENTS = 200;
const MAX_TEXT = 200_000;
/** The parts of shorter JSON are all open. */
const MAX_OPEN = 5000;

/** Returns the number of levels of a tree that are open at first. */
const levelsFor = (text: string) => (text.length > MAX_OPEN ? 2 : Infinity);

/**
 * Returns the issues in the error of REST or RPC, with superjson or without. tRPC's own errors have those of zod as JSON in
 * their message.
 */
export function issuesIn(body: unknown): Issue[] {
  const error = isPlainObject(body) ? body['error'] : undefined;
  const shape = isPlainObject(error) && isPlainObject(error['json']) ? error['json'] : error;
  const data = isPlainObject(shape) ? shape['data'] : body;
  const message = isPlainObject(shape) ? shape['message'] : undefined;
  const own = isPlainObject(data) ? data['issues'] : undefined;
  const issues = own ?? (typeof message === 'string' ? parsed(message) : undefined);
  return Array.isArray(issues) ? issues.flatMap(issueOf) : [];
}

function issueOf(issue: unknown): Issue[] {
  if (!isPlainObject(issue)) return [];
  const { pointer, path, message } = issue;
  const escaped = (key: unknown) => String(key).replaceAll('~', '~0').replaceAll('/', '~1');
  const place = Array.isArray(path) ? path.map((key) => `/${escaped(key)}`).join('') : pointer;
  return typeof place === 'string' ? [{ pointer: place, message: String(message) }] : [];
}

const bytes = (count: number) => (count < 1000 ? `${count} bytes` : `${(count / 1000).toFixed(1)} kB`);

/** Shows a response while it arrives. @param node where it is shown. @returns its body as JSON, if it is JSON. */
export async function showResponse(node: HTMLElement, response: Response, started: number): Promise<unknown> {
  const status = element('p', { class: 'result-status', role: 'status' });
  const headers = [...response.headers].map(([name, value]) => {
    return element('div', {}, element('dt', {}, name), element('dd', {}, element('code', {}, value)));
  });
  const body = element('div', { class: 'result-body' });
  node.replaceChildren(
    status,
    element(
      'details',
      { class: 'tree' },
      element('summary', {}, 'Headers'),
      element('dl', { class: 'headers' }, ...headers),
    ),
    body,
  );
  let size = 0;
  const say = (state: string): void => {
    const time = `${Math.round(performance.now() - started)} ms`;
    const name = `${response.status} ${response.statusText}`.trim();
    status.textContent = [name, time, bytes(size), state].filter(Boolean).join(' · ');
    status.dataset['ok'] = String(response.ok);
  };
  say('receiving');
  async function* chunks() {
    const reader = response.body?.getReader();
    for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
      size += part.value.length;
      say('receiving');
      yield part.value;
    }
  }
  const type = response.headers.get('content-type') ?? '';
  try {
    if (type.includes('event-stream')) {
      await showEvents(body, chunks());
      return undefined;
    }
    return await showText(body, chunks(), type.includes('json'));
  } finally {
    say('');
  }
}

/** Shows events as they come. */
async function showEvents(node: HTMLElement, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  const list = element('ol', { class: 'events' });
  node.append(list);
  for await (const { id, event, data } of eventsIn(chunks)) {
    const name = [event || 'message', id].filter(Boolean).join(' ');
    list.append(
      element(
        'li',
        {},
        element('span', { class: 'place' }, name),
        treeOf(parsed(data) ?? data, levelsFor(data)),
      ),
    );
    if (list.childElementCount > MAX_EVENTS) list.firstElementChild?.remove();
    list.scrollTop = list.scrollHeight;
  }
}

/** Shows text as it comes, and JSON as a tree once it is whole. */
async function showText(
  node: HTMLElement,
  chunks: AsyncIterable<Uint8Array>,
  isJson: boolean,
): Promise<unknown> {
  const decoder = new TextDecoder();
  const pre = element('pre', { class: 'code', tabindex: '0' });
  let text = '';
  if (!isJson) node.append(pre);
  for await (const chunk of chunks) {
    text += decoder.decode(chunk, { stream: true });
    if (!isJson) pre.textContent = text.slice(0, MAX_TEXT);
  }
  const body = isJson ? parsed(text) : undefined;
  if (body !== undefined) node.append(treeOf(body, levelsFor(text)));
  else if (text === '') node.replaceChildren(element('p', {}, 'No body.'));
  else if (isJson) node.append(element('pre', { class: 'code', tabindex: '0' }, text.slice(0, MAX_TEXT)));
  return body;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
