import { type Caller, type Change, changesOf } from './change.ts';
import { errorChanges } from './errors.ts';
import type { ReadDocument, ReadOperation } from './operations.ts';
import { endChanges, isOver, namesOfRemoved, removal } from './removal.ts';
import { compareValues, type Effect } from './values.ts';

const BOTH: readonly Caller[] = ['REST', 'SDK'];
const EFFECTS: Record<Effect, readonly Caller[]> = { calls: BOTH, code: ['SDK'], nothing: [] };
const ALL: readonly Caller[] = ['REST', 'RPC', 'SDK'];

/**
 * Compares what two OpenAPI documents promise to REST clients, and to SDKs that are generated from them.
 * @param now the present, in milliseconds.
 */
export function compareDocuments(before: ReadDocument, after: ReadDocument, now: number): Change[] {
  const changes: Change[] = [...schemeChanges(before, after), ...errorChanges(before, after)];
  const api = (what: string, breaks: readonly Caller[]) =>
    changes.push({ subject: 'API', place: '', what, breaks });
  if (before.basePath !== after.basePath) {
    api(`base path: ${before.basePath || '/'} → ${after.basePath || '/'}`, BOTH);
  }
  const names = new Map([...after.operations.values()].map((operation) => [operation.name, operation]));
  const old = new Set([...before.operations.values()].map(({ name }) => name));
  for (const [key, operation] of before.operations) {
    const current = after.operations.get(key);
    if (current) changes.push(...operationChanges([before, operation], [after, current]));
    else changes.push(removal(goneOrMoved(operation, names.get(operation.name)), operation.end, now));
  }
  for (const [key, { name, method, path }] of after.operations) {
    if (before.operations.has(key) || old.has(name)) continue;
    changes.push({ subject: name, place: '', what: `${method} ${path} added`, breaks: [] });
  }
  const parts = [...before.operations].map(([key, { end, source }]) => ({
    isOver: !after.operations.has(key) && isOver(end, now),
    content: source,
  }));
  const ended = namesOfRemoved(parts, before.find);
  for (const type of before.types) {
    if (!after.types.includes(type)) api(`type ${type} removed`, ended.has(type) ? [] : ['SDK']);
  }
  return changes;
}

function goneOrMoved({ name, method, path }: ReadOperation, current: ReadOperation | undefined): Change {
  const what = current
    ? `${method} ${path} → ${current.method} ${current.path}`
    : `${method} ${path} removed`;
  return { subject: name, place: '', what, breaks: BOTH };
}

/** Compares the security schemes that both documents have. The operations show those that are gone. */
const schemeChanges = (before: ReadDocument, after: ReadDocument): Change[] =>
  [...before.schemes].flatMap(([name, scheme]) => {
    const current = after.schemes.get(name);
    if (current === undefined || current === scheme) return [];
    return [{ subject: 'API', place: '', what: `security scheme ${name} changed`, breaks: ALL }];
  });

type Located = readonly [ReadDocument, ReadOperation];

function operationChanges(before: Located, after: Located): Change[] {
  const [[, old], [, current]] = [before, after];
  const subject = old.name;
  const change = (place: string, what: string, breaks: readonly Caller[]): Change => ({
    subject,
    place,
    what,
    breaks,
  });
  const changes = [
    ...endChanges(subject, [old.end, current.end], BOTH),
    ...inputChanges(before, after),
    ...responseChanges(before, after),
  ];
  if (old.name !== current.name) {
    changes.push(change('', `operationId: ${old.name} → ${current.name}`, ['SDK']));
  }
  const locked = old.security.length === 0 ? [{}] : old.security;
  const keys = current.security.length === 0 ? [{}] : current.security;
  const isRejected = locked.some((held) => !keys.some((needed) => satisfies(held, needed)));
  const isNew = keys.some((needed) => !locked.some((held) => satisfies(needed, held)));
  const what = `access: ${accessText(old)} → ${accessText(current)}`;
  if (isRejected || isNew) changes.push(change('', what, isRejected ? ALL : []));
  return changes;
}

type Alternative = ReadOperation['security'][number];

/** True if a caller with some credentials has those that are needed. */
const satisfies = (held: Alternative, needed: Alternative): boolean =>
  Object.entries(needed).every(
    ([scheme, scopes]) => scopes.every((scope) => held[scheme]?.includes(scope)) && scheme in held,
  );

const accessText = ({ security }: ReadOperation): string =>
  security
    .map((alternative) =>
      Object.entries(alternative).map(([scheme, scopes]) => [scheme, ...scopes].join(' ')),
    )
    .map((schemes) => schemes.join(' and ') || 'anybody')
    .join(' or ') || 'anybody';

function inputChanges([before, old]: Located, [after, current]: Located): Change[] {
  const subject = old.name;
  const changes: Change[] = [];
  const add = (place: string, what: string, breaks: readonly Caller[]) =>
    changes.push({ subject, place, what, breaks });
  const placeOf = (id: string) => {
    const [place = '', name = ''] = id.split(' ');
    return `input ${place === 'path' ? (current.params[Number(name)] ?? '') : name}`;
  };
  for (const [id, { required, schemas, style }] of current.parameters) {
    const place = placeOf(id);
    const parameter = old.parameters.get(id);
    if (!parameter) {
      add(place, required ? 'absent → required' : 'field added', required ? BOTH : []);
      continue;
    }
    if (required !== parameter.required) {
      add(place, required ? 'optional → required' : 'required → optional', required ? BOTH : []);
    }
    if (style !== parameter.style) add(place, 'written differently in the URL', BOTH);
    const found = compareValues(
      { reader: before.reader, schemas: parameter.schemas },
      { reader: after.reader, schemas },
      'input',
    );
    changes.push(...changesOf(found, { subject, place, breaks: EFFECTS }));
  }
  for (const id of old.parameters.keys()) {
    if (!current.parameters.has(id)) add(placeOf(id), 'field removed', BOTH);
  }
  return [...changes, ...bodyChanges([before, old], [after, current])];
}

function bodyChanges([before, old]: Located, [after, current]: Located): Change[] {
  const subject = old.name;
  const change = (what: string, breaks: readonly Caller[]): Change => ({
    subject,
    place: 'input',
    what,
    breaks,
  });
  if (!old.body || !current.body) {
    if (old.body) return [change('body removed', BOTH)];
    return current.body ? [change('body added', current.body.required ? BOTH : [])] : [];
  }
  const { content, required } = current.body;
  const changes: Change[] = [];
  if (required !== old.body.required) {
    changes.push(change(required ? 'optional → required' : 'required → optional', required ? BOTH : []));
  }
  for (const [type, { schemas, encoding }] of old.body.content) {
    const payload = content.get(type);
    if (!payload) {
      changes.push(change(`${type} removed`, BOTH));
      continue;
    }
    if (payload.encoding !== encoding) changes.push(change(`fields of ${type} written differently`, BOTH));
    const found = compareValues(
      { reader: before.reader, schemas },
      { reader: after.reader, schemas: payload.schemas },
      'input',
    );
    changes.push(...changesOf(found, { subject, place: 'input', breaks: EFFECTS }));
  }
  for (const type of content.keys()) {
    if (!old.body.content.has(type)) changes.push(change(`${type} added`, []));
  }
  return changes;
}

/** The headers that announce the end of an operation, which are compared as such. */
const ENDS: ReadonlySet<string> = new Set(['Deprecation', 'Sunset']);

const isSuccess = (status: string): boolean => status.startsWith('2');

function responseChanges([before, old]: Located, [after, current]: Located): Change[] {
  const subject = old.name;
  const changes: Change[] = [];
  const add = (place: string, what: string, breaks: readonly Caller[]) =>
    changes.push({ subject, place, what, breaks });
  const added = [...current.responses.keys()].filter((status) => !old.responses.has(status));
  for (const status of added) add('', `status ${status} added`, isSuccess(status) ? BOTH : []);
  for (const [status, { content, headers }] of old.responses) {
    const response = current.responses.get(status);
    if (!response) {
      add('', `status ${status} removed`, []);
      continue;
    }
    if (!isSuccess(status)) continue;
    for (const header of headers) {
      if (!response.headers.includes(header) && !ENDS.has(header))
        add('output', `header ${header} removed`, ['REST']);
    }
    for (const [type, { schemas }] of content) {
      const payload = response.content.get(type);
      if (!payload) {
        add('output', `${type} removed`, BOTH);
        continue;
      }
      const found = compareValues(
        { reader: before.reader, schemas },
        { reader: after.reader, schemas: payload.schemas },
        'output',
      );
      changes.push(...changesOf(found, { subject, place: 'output', breaks: EFFECTS }));
    }
  }
  return changes;
}
