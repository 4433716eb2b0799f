import { isPlainObject } from '../../rest/text.ts';
import { requestOf } from '../request.ts';
import type { RestTarget } from '../trial.ts';

/** A request, as `fetch` takes it. */
export type FetchArguments = [url: string, init: RequestInit];

/** Returns the request of a call over REST. @param files the files of a form, by the names of their fields. */
export function restRequestOf(
  target: RestTarget,
  input: unknown,
  files: ReadonlyMap<string, readonly File[]>,
): FetchArguments {
  const { method, url, body, isForm } = requestOf(target, isPlainObject(input) ? input : {});
  if (body === null) return [url, { method }];
  if (!isForm) {
    return [url, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }];
  }
  const form = new FormData();
  for (const [name, value] of Object.entries(body)) {
    form.append(name, typeof value === 'string' ? value : JSON.stringify(value));
  }
  for (const [name, chosen] of files) for (const file of chosen) form.append(name, file);
  return [url, { method, body: form }];
}
