import { initTRPC } from '@trpc/server';
import type { z } from 'zod';
import { createApi } from '../../index.ts';
import type { Meta } from '../../meta.ts';
import type { AnyTRPCRouter } from '@trpc/server';
import type { Side } from '../../schema/schema.ts';
import { compareStates } from './compare.ts';
import { describeState, toolNames } from './describe.ts';
import { readState, type State, writeState } from './state.ts';
import { SchemaReader } from './reader.ts';
import { compareValues, type ValueChange } from './values.ts';

/** Build small routers for tests. */
export const { router, procedure } = initTRPC.meta<Meta>().create();

/** Returns the state of a router, as a file has it. */
export async function stateOf(given: AnyTRPCRouter, declaration: string | null = null): Promise<State> {
  const api = createApi({
    router: given,
    createContext: () => ({}),
    openapi: { title: 'Test', version: '1' },
  });
  const procedures = await api.procedures();
  const state = describeState({
    procedures,
    document: procedures.some(({ rest }) => rest !== null) ? await api.document() : null,
    declaration,
    tools: toolNames(given, (text) => {
      throw new Error(text);
    }),
  });
  return readState(writeState(state), 'state.json');
}

/**
 * Returns the changes between two routers as texts such as `RPC, MCP: things.get | input a | field removed`. Those that
 * cannot be declared begin with `ERROR`.
 */
export async function changesOf(
  before: AnyTRPCRouter,
  after: AnyTRPCRouter,
  date = '2026-06-01',
): Promise<string[]> {
  const [old, now] = [await stateOf(before), await stateOf(after)];
  const { changes } = compareStates(old, now, process.cwd(), Date.parse(date));
  return changes.map(({ subject, place, what, breaks, until }) =>
    [`${until === undefined ? '' : 'ERROR '}${breaks.join(', ') || 'safe'}: ${subject}`, place, what]
      .filter((part) => part !== '')
      .join(' | '),
  );
}

/** Compares two schemas as the input or the output of a procedure. */
export function changesBetween(side: Side, before: z.core.$ZodType, after: z.core.$ZodType): ValueChange[] {
  const [old, current] = [before, after].map((schema) => {
    const info = { name: 'p', type: 'query', meta: {}, rest: null } as const;
    const parsers =
      side === 'input' ? { inputs: [schema], output: undefined } : { inputs: [], output: schema };
    const state = describeState({
      procedures: [{ ...info, ...parsers }],
      document: null,
      declaration: null,
      tools: new Map(),
    });
    return {
      reader: new SchemaReader(state.schemas[side]),
      schemas: [state.procedures?.['p']?.[side]?.schema ?? {}],
    };
  });
  if (!old || !current) throw new Error('There are two schemas.');
  return compareValues(old, current, side);
}
