import type { Trial } from '../trial.ts';
import { element } from './dom.ts';
import { callerOf, choice, headersOf, inputOf, questionOf } from './parts.ts';
import { issuesIn, showResponse } from './response.ts';
import { type FetchArguments, restRequestOf } from './rest.ts';
import { rpcRequestOf } from './rpc.ts';

/** Shows the form of a procedure. */
function open(section: HTMLElement, trial: Trial): void {
  const { rest, rpc, type } = trial;
  const surface = choice('Send it over', [
    ...(rest ? [['rest', 'REST'] as const] : []),
    ...(rpc ? [['rpc', 'RPC'] as const] : []),
  ]);
  const caller = callerOf(trial);
  const headers = headersOf(rest?.headers ?? []);
  const input = inputOf(trial);
  const result = element('div', { class: 'result' });
  let running: AbortController | undefined;
  let isConfirmed = type !== 'mutation';

  function requestFor(): FetchArguments | undefined {
    const value = input?.read();
    if (surface.read() === 'rpc') return rpc ? rpcRequestOf(trial, rpc, value) : undefined;
    return rest ? restRequestOf(rest, value, input?.files ?? new Map()) : undefined;
  }

  async function call([url, init]: FetchArguments): Promise<void> {
    const abort = new AbortController();
    running = abort;
    action.textContent = 'Cancel';
    input?.showIssues([]);
    result.replaceChildren(element('p', { role: 'status' }, 'Waiting for the response …'));
    const sent = new Headers(init.headers);
    if (surface.read() !== 'rpc') headers.apply(sent);
    const credentials = caller.apply(sent);
    try {
      const started = performance.now();
      const response = await fetch(url, {
        ...init,
        headers: sent,
        credentials,
        cache: 'no-store',
        signal: abort.signal,
      });
      const body = await showResponse(result, response, started);
      input?.showIssues(issuesIn(body));
    } catch (error) {
      const reason = abort.signal.aborted ? 'Canceled.' : `No response: ${String(error)}`;
      result.append(element('p', { class: 'issue', role: 'alert' }, reason));
    } finally {
      running = undefined;
      action.textContent = 'Send';
    }
  }

  function send(): void {
    isConfirmed = true;
    let request;
    try {
      request = requestFor();
    } catch (error) {
      result.replaceChildren(
        element('p', { class: 'issue', role: 'alert' }, `The input is not JSON: ${String(error)}`),
      );
    }
    if (request) void call(request);
  }

  const question = questionOf(send);
  const action = element('button', { class: 'primary' }, 'Send');
  surface.node.addEventListener('input', () => {
    headers.node.hidden = surface.read() === 'rpc' || rest?.headers.length === 0;
  });
  const form = element(
    'form',
    { novalidate: true },
    element('div', { class: 'try-choices' }, surface.node, ...caller.nodes),
    input?.node ?? element('p', {}, 'It takes no input.'),
    headers.node,
    action,
    question,
    result,
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (running) running.abort();
    else if (isConfirmed) send();
    else question.showModal();
  });
  section.querySelector('.try-start')?.replaceWith(form);
  action.focus();
}

/** Loads what the form needs, and shows it in a section of the page. @throws {Error} if it cannot be loaded. */
export async function start(section: HTMLElement): Promise<void> {
  const response = await fetch(section.dataset['trial'] ?? '');
  if (!response.ok) throw new Error(`The form could not be loaded: ${response.status}.`);
  open(section, (await response.json()) as Trial);
}
