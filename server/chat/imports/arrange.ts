import { v7 } from 'uuid';
import { type SourceChat, type SourceMessage, UnusableChatError } from './formats.ts';

/** Times before this are not believed. It leaves room for the times of later messages. */
const EARLIEST = Date.UTC(2000);

/** A message as it is stored. */
export interface PlacedMessage {
  id: string;
  parentId: string | null;
  role: 'user' | 'assistant';
  status: 'complete' | 'interrupted';
  text: string;
  createdAt: Date;
}

/** A chat's messages as they are stored: each after its parent. */
export interface Arranged {
  messages: PlacedMessage[];
  leafId: string | null;
}

const isShown = (message: SourceMessage): message is SourceMessage & { role: 'user' | 'assistant' } =>
  message.role !== null && message.text !== '';

/** Returns the messages by the id of the message above them; those without one in the file under `null`. */
function byParent({ messages }: SourceChat): Map<string | null, SourceMessage[]> {
  const ids = new Set(messages.map(({ id }) => id));
  if (ids.size < messages.length) throw new UnusableChatError('Two of its messages have the same id.');
  const children = new Map<string | null, SourceMessage[]>();
  for (const message of messages) {
    const parentId = message.parentId !== null && ids.has(message.parentId) ? message.parentId : null;
    const siblings = children.get(parentId);
    if (siblings) siblings.push(message);
    else children.set(parentId, [message]);
  }
  return children;
}

/**
 * Gives the messages of a chat new ids, in all branches. The ids sort by time, and a message is newer than the one above
 * it and than earlier versions of itself, as everywhere in the database. No message is newer than `now`.
 * @throws {UnusableChatError} for messages that are no tree, or too many
 */
export function arrange(chat: SourceChat, now: number, maxMessages: number): Arranged {
  const children = byParent(chat);
  const start = timeOf(chat.createdAt, now, now);
  /** What has become of each message: the stored message, or the one above it. */
  const places = new Map<string | null, { index: number | null; time: number }>([
    [null, { index: null, time: start - 1 }],
  ]);
  const placed: (SourceMessage & { role: 'user' | 'assistant'; above: number | null; time: number })[] = [];
  const queue: (string | null)[] = [null];
  for (const parentId of queue) {
    const above = places.get(parentId);
    if (!above) continue;
    let last = above.time;
    const versions = (children.get(parentId) ?? []).toSorted(
      (a, b) => timeOf(a.createdAt, 0, now) - timeOf(b.createdAt, 0, now),
    );
    for (const message of versions) {
      queue.push(message.id);
      if (!isShown(message)) {
        places.set(message.id, above);
        continue;
      }
      last = Math.max(last + 1, timeOf(message.createdAt, last + 1, now));
      places.set(message.id, { index: placed.length, time: last });
      placed.push({ ...message, above: above.index, time: last });
    }
  }
  if (places.size <= chat.messages.length) throw new UnusableChatError('Its messages form a circle.');
  if (placed.length > maxMessages) {
    throw new UnusableChatError(`It has ${placed.length} messages. The limit is ${maxMessages}.`);
  }
  const late = Math.max(0, placed.reduce((latest, { time }) => Math.max(latest, time), 0) - now);
  const ids = placed.map(({ time }) => v7({ msecs: time - late }));
  const idAt = (index: number | null | undefined) => (index == null ? null : (ids[index] ?? null));
  const messages = placed.map(({ above, role, isComplete, text, time }, index): PlacedMessage => ({
    id: ids[index] ?? '',
    parentId: idAt(above),
    role,
    status: isComplete ? 'complete' : 'interrupted',
    text,
    createdAt: new Date(time - late),
  }));
  const newest = ids.toSorted().at(-1) ?? null;
  return { messages, leafId: (chat.leafId === null ? null : idAt(places.get(chat.leafId)?.index)) ?? newest };
}

/** Returns a time of a file that can be believed, in milliseconds. */
export function timeOf(date: Date | null, otherwise: number, now: number): number {
  const time = date?.getTime() ?? NaN;
  return time >= EARLIEST && time <= now ? time : otherwise;
}
