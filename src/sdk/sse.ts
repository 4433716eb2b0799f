/** A server-sent event (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export interface RawEvent {
  /** `''` when it has none. */
  id: string;
  event: string;
  data: string;
}

/** Reads events from the pieces of a body. One that the end cuts off is no event. */
export async function* eventsIn(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<RawEvent, void, void> {
  const decoder = new TextDecoder();
  let rest = '';
  let lines: string[] = [];
  for await (const piece of pieces) {
    rest += decoder.decode(piece, { stream: true });
    // The last line may go on, and a \r may be half a line end.
    const ready = rest.split(/\r\n|\n|\r(?!$)/);
    rest = ready.pop() ?? '';
    for (const line of ready) {
      if (line !== '') lines.push(line);
      else {
        const event = eventOf(lines);
        lines = [];
        if (event) yield event;
      }
    }
  }
}

function eventOf(lines: string[]): RawEvent | undefined {
  const values = (name: string) =>
    lines.flatMap((line) => {
      const [, field, value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
      return field === name ? value : [];
    });
  const data = values('data');
  if (data.length === 0) return undefined;
  return { id: values('id').at(-1) ?? '', event: values('event').at(-1) ?? '', data: data.join('\n') };
}
