import type { Endpoint } from '../rest/endpoint.ts';
import { textFormOf } from '../schema/text-form.ts';
import type { RestTarget } from './trial.ts';

/** Returns how REST takes the input of an endpoint. @param base the origin and the path of REST. */
export function restTargetOf(endpoint: Endpoint, base: string): RestTarget {
  const { method, path, params, takesBody, inputFields, consumes } = endpoint;
  const forms = [...inputFields].map(([name, field]) => [name, textFormOf(field)] as const);
  return {
    ...{ method, params, takesBody },
    url: base + path,
    isForm: takesBody && !consumes.includes('application/json'),
    forms: Object.fromEntries(forms.filter(([, form]) => form !== 'value')),
  };
}
