import { expect, test } from '@jest/globals';
import { maxTemperature, temperatureFor } from './temperature.ts';

test.each([
  ['openai/gpt-4.1-mini', 2],
  ['openai/gpt-5-chat-latest', 2],
  ['openai/gpt-5-mini', null],
  ['openai/gpt-5.6', null],
  ['openai/gpt-6', null],
  ['openai/gpt-4o-mini-search-preview', null],
  ['openai/o4-mini', null],
  ['anthropic/claude-3-5-haiku-latest', 1],
  ['anthropic/claude-sonnet-4-20250514', 1],
  ['anthropic/claude-opus-4-6', 1],
  ['anthropic/claude-opus-4-7', null],
  ['anthropic/claude-sonnet-5-5', null],
  ['google/gemini-2.5-flash', 2],
  ['openai-compatible/meta/llama-3', 2],
  ['openai-compatible/openai/o3', null],
  ['guide', null],
])('the highest temperature of %s is %j', (id, max) => {
  expect(maxTemperature(id)).toBe(max);
});

test('a model gets the temperature of the chat, as far as it has one', () => {
  expect(temperatureFor('openai/gpt-4.1', 1.5)).toBe(1.5);
  expect(temperatureFor('openai/gpt-4.1', 0)).toBe(0);
  expect(temperatureFor('anthropic/claude-sonnet-4-5', 1.5)).toBe(1);
  expect(temperatureFor('openai/gpt-5', 1)).toBeUndefined();
  expect(temperatureFor('openai/gpt-4.1', null)).toBeUndefined();
});
