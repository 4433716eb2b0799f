import { afterAll, describe, expect, test } from '@jest/globals';
import { type Endpoint, type Input, procedures } from '#test/procedures';
import { startProviderServer } from '#test/provider-server';
import { samplesOf } from '#test/samples';
import { type Outcome, type Surface, surfaces } from '#test/surfaces';
import { type Actor, ACTORS, createFixture, type Fixture } from '#test/fixture';

/** A call and its outcome. Values that differ in each fixture are replaced by names. */
interface Line {
  actor: Actor;
  /** True if the schema rejects the input. */
  isBad: boolean;
  input: string;
  outcome: Outcome;
}

const provider = await startProviderServer();
afterAll(provider.close);

const ID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
const TIME = /\d{4}-\d\d-\d\d(T[\d:.]+Z)?/g;

/** What a check of the installation has measured, in its message and in its values. */
const MEASURED = /(?<=answer(?:s|ed) in |has |differs by |"(?:ms|megabytes)":")-?[\d.]+(?= ms| MB| s\b|")/g;

/** True for the finding about the proxies of a request. A call in process has none. */
const isAboutProxies = (finding: unknown): boolean =>
  typeof finding === 'object' && finding !== null && 'check' in finding && finding.check === 'proxies';

/** Returns an outcome without values that differ in each fixture, and without `lastUsedAt`, which is written later. */
function comparable(outcome: Outcome): Outcome {
  const names = new Map<string, string>();
  const nameOf = (id: string) => {
    const name = names.get(id) ?? `id ${names.size + 1}`;
    names.set(id, name);
    return name;
  };
  const text = JSON.stringify(outcome, (key, value: unknown) => {
    if (key === 'lastUsedAt') return 'a time or null';
    if (key === 'token') return 'a token';
    if (key === 'seconds') return 'a duration';
    if (key === 'findings' && Array.isArray(value)) return value.filter((each) => !isAboutProxies(each));
    return key === 'nextCursor' && value !== null ? 'a cursor' : value;
  });
  const masked: Outcome = JSON.parse(
    text
      .replaceAll(ID, nameOf)
      .replaceAll(TIME, 'a time')
      .replaceAll(MEASURED, 'some')
      .replaceAll(/sb_[\w-]+/g, 'a key')
      .replaceAll(/\/share\/[\w-]+/g, 'a link')
      .replaceAll(/Retry in \d+ seconds/g, 'Retry later')
      .replaceAll(/temp-\w+@/g, 'guest@'),
  );
  return masked;
}

/** All procedures with their sample inputs. The one that deletes the caller's account is last. */
const inOrder = procedures
  .toSorted((a, b) => Number(isEnd(a)) - Number(isEnd(b)))
  .map((endpoint) => ({ endpoint, samples: samplesOf(endpoint) }));
function isEnd({ name }: Endpoint): boolean {
  return name === 'protected.deleteAccount';
}

async function recordCalls(
  fixture: Fixture,
  surface: Surface,
  { endpoint, samples: { valid, bad } }: (typeof inOrder)[number],
): Promise<Line[]> {
  const lines: Line[] = [];
  const call = async (actor: Actor, input: Input, ids?: Record<string, string>) => {
    const known = Object.entries(ids ?? {}).filter(([name]) => endpoint.inputFields.has(name));
    const whole = { ...input, ...Object.fromEntries(known) };
    const outcome = await surface(fixture.instance, fixture.actors[actor], endpoint, whole);
    const isBad = ids === undefined;
    lines.push({ actor, isBad, input: JSON.stringify(input), outcome: comparable(outcome) });
    return outcome;
  };
  for (const actor of ACTORS) {
    for (const input of bad) await call(actor, input);
  }
  let arranged = await fixture.arrange(endpoint);
  for (const actor of ACTORS) {
    const outcome = await call(actor, valid, arranged.ids);
    // A rejected call has changed nothing.
    if (endpoint.type !== 'mutation' || 'rejection' in outcome) continue;
    await arranged.settle();
    arranged = await fixture.arrange(endpoint);
  }
  await arranged.settle();
  return lines;
}

/** Calls all procedures on one surface. @returns the calls by procedure. */
async function recordAll(surface: Surface): Promise<Map<string, Line[]>> {
  const fixture = await createFixture(provider.url);
  try {
    const lines = new Map<string, Line[]>();
    for (const sample of inOrder)
      lines.set(sample.endpoint.name, await recordCalls(fixture, surface, sample));
    return lines;
  } finally {
    await fixture.close();
  }
}

const expected = await recordAll(surfaces.caller);
const others = {
  RPC: await recordAll(surfaces.RPC),
  REST: await recordAll(surfaces.REST),
  MCP: await recordAll(surfaces.MCP),
};

test('every procedure is called on every surface', () => {
  const all = procedures.map(({ name }) => name);
  for (const lines of [expected, ...Object.values(others)]) {
    expect([...lines.keys()].toSorted()).toEqual(all.toSorted());
  }
});

describe.each(procedures.map(({ name, input }) => ({ name, input })))('$name', ({ name, input }) => {
  test('succeeds for at least one caller and rejects every invalid input', () => {
    const lines = expected.get(name) ?? [];
    const bad = lines.filter(({ isBad }) => isBad);
    expect(new Set(bad.map(({ actor }) => actor))).toEqual(new Set(input ? ACTORS : []));
    expect(bad.filter(({ outcome }) => 'result' in outcome)).toEqual([]);
    expect(lines.filter(({ isBad, outcome }) => !isBad && 'result' in outcome)).not.toEqual([]);
  });

  test.each(Object.entries(others))('has the same outcome over %s as in process', (_surface, lines) => {
    expect(lines.get(name)).toEqual(expected.get(name));
  });
});
