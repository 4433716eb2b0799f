import { z } from 'zod';

const Chunk = z.object({ type: z.string(), delta: z.string().optional() });
type Chunk = z.output<typeof Chunk>;

const dataOf = (body: string) =>
  body.split('\n').flatMap((line) => (line.startsWith('data: ') ? [line.slice('data: '.length)] : []));

const joined = (chunks: Chunk[]) =>
  chunks.flatMap(({ type, delta }) => (type === 'text-delta' && delta !== undefined ? [delta] : [])).join('');

/** Returns the text of an answer of a chat route. @throws {Error} if the stream is not complete. */
export function textOfAnswer(body: string): string {
  const data = dataOf(body);
  if (data.at(-1) !== '[DONE]') throw new Error('The stream ended without [DONE].');
  return joined(data.slice(0, -1).map((line) => Chunk.parse(JSON.parse(line))));
}

/** Returns the text of an answer that was followed over REST. @throws {Error} if the stream is not complete. */
export function textOfEvents(body: string): string {
  if (!body.includes('\nevent: done\n')) throw new Error('The stream ended without its event "done".');
  const events = dataOf(body).map((line) => z.array(Chunk).safeParse(JSON.parse(line)).data ?? []);
  return joined(events.flat());
}
