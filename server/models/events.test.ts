import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import fc from '#test/fast-check';
import { collectEvents, createJoin } from './events.ts';
import { createSchedule, type Pace } from './pace.ts';

const event = (data: unknown) => `data: ${JSON.stringify(data)}\n\n`;
const chat = (delta: object, more: object = {}) =>
  event({ id: '1', choices: [{ index: 0, delta, ...more }] });
const text = (content: string) => chat({ content });

const Chat = z.object({ choices: z.tuple([z.object({ delta: z.object({ content: z.string() }) })]) });
const contentOf = (item: string) =>
  Chat.parse(JSON.parse(item.slice('data: '.length))).choices[0].delta.content;

/** Returns the joined events, each without its end. */
const join = (...events: string[]) => createJoin()(events.join('')).split('\n\n').slice(0, -1);
const trimmed = (...events: string[]) => events.map((item) => item.trimEnd());

describe('createJoin', () => {
  test('joins deltas of one text', () => {
    const joined = join(text('a "'), text('\\'), text('\ud83d'), text('\ude00 é\n'));
    expect(joined.map(contentOf)).toEqual(['a "\\😀 é\n']);
  });

  test.each([
    ['the first delta with its role', chat({ role: 'assistant', content: 'a' })],
    ['reasoning', chat({ content: null, reasoning_content: 'a' })],
    ['a text of Anthropic', event({ type: 'x', index: 0, delta: { type: 'text_delta', text: 'a' } })],
  ])('joins %s with the same, and with no other delta', (_name, delta) => {
    expect(join(text('1'), delta, delta, text('2'))).toEqual(
      trimmed(text('1'), delta.replace('"a"', '"aa"'), text('2')),
    );
  });

  test.each([
    ['an end', chat({ content: 'a' }, { finish_reason: 'stop' }), text('b')],
    ['another choice', event({ choices: [{ index: 1, delta: { content: 'a' } }] }), text('b')],
    ['tool calls', ...twice(chat({ content: 'a', tool_calls: [{ index: 0 }] }))],
    ['arguments of a tool', ...twice(chat({ tool_calls: [{ function: { arguments: '{"' } }] }))],
    ['two choices', ...twice(event([{ delta: { content: 'a' } }, { delta: { content: 'b' } }]))],
    ['numbered events', event({ n: 1, delta: { content: 'a' } }), event({ n: 2, delta: { content: 'a' } })],
    ['other events', ': comment\n\n', 'data: [DONE]\n\n', event({ content: 'a' })],
    ['unreadable events', ...twice('data: {"delta":{"content":"a\n\n')],
    ['text that resembles a delta', ...twice(event({ text: '"delta":{"content":"' }))],
  ])('keeps %s', (_name, ...events) => {
    expect(join(...events)).toEqual(trimmed(...events));
  });

  test('keeps all text however the stream is cut', () => {
    const texts = fc.array(fc.string({ unit: 'grapheme', maxLength: 5 }), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(texts, fc.constantFrom('\n', '\r\n'), fc.array(fc.nat(300)), (contents, line, cuts) => {
        const bytes = Buffer.from(contents.map(text).join('').replaceAll('\n', line)).toString('latin1');
        const joinSlice = createJoin();
        let joined = '';
        let at = 0;
        for (const cut of [...cuts, Infinity]) {
          joined += joinSlice(bytes.slice(at, at + cut));
          at += cut;
        }
        const found = Buffer.from(joined, 'latin1')
          .toString()
          .split(line + line)
          .slice(0, -1)
          .map(contentOf);
        expect(found.join('')).toBe(contents.join(''));
      }),
    );
  });
});

function twice(item: string): [string, string] {
  return [item, item];
}

describe('collectEvents', () => {
  /** Returns how many chunks arrive of 40 deltas with pauses of 5 ms, and their text. */
  async function collected(pace: Pace): Promise<{ chunks: number; text: string }> {
    let sent = 0;
    const read = async () => {
      await sleep(5);
      return sent++ < 40 ? Buffer.from(text(`${sent} é `)) : undefined;
    };
    const chunks = await Array.fromAsync(collectEvents({ read, cancel: () => Promise.resolve() }, pace));
    return { chunks: chunks.length, text: Buffer.concat(chunks).toString() };
  }

  test('passes everything on at once before the first delta', async () => {
    const pace = { schedule: createSchedule(), hasDelta: false, hasEvents: false };
    expect((await collected(pace)).chunks).toBe(40);
    expect(pace.hasEvents).toBe(true);
  });

  test('joins the deltas of an interval afterwards', async () => {
    const { chunks, text: found } = await collected({
      schedule: createSchedule(),
      hasDelta: true,
      hasEvents: false,
    });
    expect(chunks).toBeLessThan(20);
    const words = [...found.matchAll(/\d+ é/g)].map(([word]) => word);
    expect(words).toEqual(Array.from({ length: 40 }, (_, index) => `${index + 1} é`));
  });
});
