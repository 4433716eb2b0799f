import { expect, test } from '@jest/globals';
import * as core from 'zod/v4/core';
import { fallsBack } from '#layer/testing/index';
import fc from '#test/fast-check';
import { validOutputs } from '#test/inputs';
import { procedures } from '#test/procedures';

test('the encoders write every output of the product but streams without a library', () => {
  const seeded = { numRuns: 200 };
  const left = procedures.filter((endpoint) => {
    const { output } = endpoint;
    if (!(output instanceof core.$ZodType)) throw new Error(`${endpoint.name} has no output of zod.`);
    const accepted = fc
      .sample(validOutputs(endpoint), seeded)
      .filter((value) => core.safeParse(output, value).success);
    return accepted.length === 0 || accepted.some((value) => fallsBack(output, value));
  });
  expect(left.map(({ name }) => name)).toEqual(['chat.stream', 'chat.export', 'protected.exportData']);
});
