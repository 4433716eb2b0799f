import { describe, expect, test } from '@jest/globals';
import * as ai from 'ai';
import { CHUNK_SCHEMAS } from '#contract/chunks';
import { faults } from '#test/openapi';

const schema = ai.uiMessageChunkSchema();

/** Not tested, because the AI SDK's check of it fails in Jest: zod does not recognize a Promise of another realm. */
const UNCHECKED = 'custom';

/** True if the AI SDK's own clients accept a chunk. */
async function isAccepted(chunk: object): Promise<boolean> {
  return (await schema.validate?.(chunk))?.success ?? false;
}

type Field = (typeof CHUNK_SCHEMAS)[number]['properties'][string];

/** Returns a valid value of a field. */
function sample({ type, const: only, enum: options, pattern }: Field): unknown {
  if (only !== undefined) return only;
  if (options) return options[0];
  if (pattern !== undefined) return 'data-x';
  return { string: 'x', boolean: true, object: {}, array: [] }[type ?? 'object'];
}

describe.each(CHUNK_SCHEMAS.filter(({ title }) => title !== UNCHECKED))(
  '$title',
  ({ properties, required }) => {
    const whole = Object.fromEntries(
      Object.entries(properties).map(([name, field]) => [name, sample(field)]),
    );
    const only = (names: string[]) =>
      Object.fromEntries(Object.entries(whole).filter(([name]) => names.includes(name)));

    test('has only fields that the AI SDK accepts, and requires no others', async () => {
      for (const chunk of [whole, only(required)]) {
        expect(faults('/components/schemas/MessageChunk', chunk)).toEqual([]);
        expect({ chunk, isAccepted: await isAccepted(chunk) }).toEqual({ chunk, isAccepted: true });
      }
    });

    test('requires each field that the AI SDK requires', async () => {
      for (const missing of required) {
        const chunk = only(required.filter((name) => name !== missing));
        expect(faults('/components/schemas/MessageChunk', chunk)).not.toEqual([]);
        // The AI SDK does not require a field that can have any value.
        const isAnything = Object.keys(properties[missing] ?? {}).length === 0;
        if (!isAnything)
          expect({ chunk, isAccepted: await isAccepted(chunk) }).toEqual({ chunk, isAccepted: false });
      }
    });
  },
);
