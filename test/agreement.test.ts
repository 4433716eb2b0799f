import { afterAll, describe, expect, test } from '@jest/globals';
import { type Endpoint, type Input, procedures } from '#test/procedures';
import { startProviderServer } from '#test/provider-server';
import { samplesOf } from '#test/samples';
import { type Outcome, type Surface, surfaces } from '#test/surfaces';
import { type Actor, ACTORS, makeWorld, type World } from '#test/world';

/** What was called by whom, and what became of it; what is new in each world has a name instead of its value. */
interface Line {
  actor: Actor;
  /** True if the schema refuses the input. */
  isBad: boolean;
  input: string;
  outcome: Outcome;
}

const provider = await startProviderServer();
afterAll(provider.close);

const ID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
const TIME = /\d{4}-\d\d-\d\d(T[\d:.]+Z)?/g;

/** An outcome without what is new in each world, and when a key was last used, which nobody waits for. */
function comparable(outcome: Outcome): Outcome {
  const names = new Map<string, string>();
  const nameOf = (id: string) => {
    const name = names.get(id) ?? `id ${names.size + 1}`;
    names.set(id, name);
    return name;
  };
  const text = JSON.stringify(outcome, (key, value: unknown) => {
    if (key === 'lastUsedAt') return 'a time or null';
    return key === 'nextCursor' && value !== null ? 'a cursor' : value;
  });
  const masked: Outcome = JSON.parse(
    text
      .replaceAll(ID, nameOf)
      .replaceAll(TIME, 'a time')
      .replaceAll(/sb_[\w-]+/g, 'a key')
      .replaceAll(/Retry in \d+ seconds/g, 'Retry later')
      .replaceAll(/temp-\w+@/g, 'guest@'),
  );
  return masked;
}

/** All procedures but that which ends the caller's account, then that, with what each is called with. */
const inOrder = procedures
  .toSorted((a, b) => Number(isEnd(a)) - Number(isEnd(b)))
  .map((endpoint) => ({ endpoint, samples: samplesOf(endpoint) }));
function isEnd({ name }: Endpoint): boolean {
  return name === 'protected.deleteAccount';
}

async function play(
  world: World,
  surface: Surface,
  { endpoint, samples: { valid, bad } }: (typeof inOrder)[number],
): Promise<Line[]> {
  const lines: Line[] = [];
  const call = async (actor: Actor, input: Input, ids?: Record<string, string>) => {
    const known = Object.entries(ids ?? {}).filter(([name]) => endpoint.inputFields.has(name));
    const whole = { ...input, ...Object.fromEntries(known) };
    const outcome = await surface(world.instance, world.actors[actor], endpoint, whole);
    const isBad = ids === undefined;
    lines.push({ actor, isBad, input: JSON.stringify(input), outcome: comparable(outcome) });
    return outcome;
  };
  for (const actor of ACTORS) {
    for (const input of bad) await call(actor, input);
  }
  let arranged = await world.arrange(endpoint);
  for (const actor of ACTORS) {
    const outcome = await call(actor, valid, arranged.ids);
    // What was refused has changed nothing.
    if (endpoint.type !== 'mutation' || 'refusal' in outcome) continue;
    await arranged.settle();
    arranged = await world.arrange(endpoint);
  }
  await arranged.settle();
  return lines;
}

/** Calls everything through one surface. @returns what happened, by procedure. */
async function playAll(surface: Surface): Promise<Map<string, Line[]>> {
  const world = await makeWorld(provider.url);
  try {
    const lines = new Map<string, Line[]>();
    for (const sample of inOrder) lines.set(sample.endpoint.name, await play(world, surface, sample));
    return lines;
  } finally {
    await world.close();
  }
}

const expected = await playAll(surfaces.caller);
const others = { RPC: await playAll(surfaces.RPC), REST: await playAll(surfaces.REST) };

test('every procedure is called on every surface', () => {
  const all = procedures.map(({ name }) => name);
  for (const lines of [expected, ...Object.values(others)]) {
    expect([...lines.keys()].toSorted()).toEqual(all.toSorted());
  }
});

describe.each(procedures.map(({ name }) => name))('%s', (name) => {
  test('succeeds for somebody, and is refused with every bad input', () => {
    const lines = expected.get(name) ?? [];
    const bad = lines.filter(({ isBad }) => isBad);
    expect(new Set(bad.map(({ actor }) => actor))).toEqual(new Set(ACTORS));
    expect(bad.filter(({ outcome }) => 'result' in outcome)).toEqual([]);
    expect(lines.filter(({ isBad, outcome }) => !isBad && 'result' in outcome)).not.toEqual([]);
  });

  test.each(Object.entries(others))('comes out over %s as for a caller in the process', (_surface, lines) => {
    expect(lines.get(name)).toEqual(expected.get(name));
  });
});
