import { isPlainObject } from '../rest/text.ts';
import type { RestTarget } from './trial.ts';

/** A request of REST. */
export interface ExampleRequest {
  method: string;
  url: string;
  /** The fields of the body; `null` without one. */
  body: Readonly<Record<string, unknown>> | null;
  /** True to send the body as a form, because it has files. */
  isForm: boolean;
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

/** Returns the request that sends an input to an endpoint. Files are not part of its body. */
export function requestOf(target: RestTarget, input: Readonly<Record<string, unknown>>): ExampleRequest {
  const { method, url, params, takesBody, isForm, forms } = target;
  const place = url.replaceAll(/\{([^{}]+)\}/g, (_, name: string) =>
    encodeURIComponent(textOf(input[name] ?? '')),
  );
  const rest = Object.entries(input).filter(([name]) => !params.includes(name));
  if (takesBody) {
    const hasBody = rest.length > 0 || isForm;
    return { method, url: place, body: hasBody ? Object.fromEntries(rest) : null, isForm };
  }
  const query = new URLSearchParams();
  for (const [name, value] of rest) {
    const form = forms[name] ?? 'value';
    if (Array.isArray(value) && form !== 'json') for (const item of value) query.append(name, textOf(item));
    else if (isPlainObject(value) && form === 'object') {
      for (const [key, inner] of Object.entries(value)) query.append(`${name}[${key}]`, textOf(inner));
    } else if (value !== null) query.append(name, textOf(value));
  }
  const text = query.toString();
  return { method, url: place + (text === '' ? '' : `?${text}`), body: null, isForm: false };
}
