// Written by npm run sdk from src/sdk/openapi.json.

/** A server-sent event (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export interface RawEvent {
  /** `''` if the event has none. */
  id: string;
  /** `''` if the event has no name. */
  event: string;
  /** The lines of the data. */
  data: string;
}

/** Yields the events in the chunks of a body. An incomplete event at the end is dropped. */
export async function* eventsIn(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<RawEvent, void, void> {
  const decoder = new TextDecoder();
  let rest = '';
  let lines: string[] = [];
  for await (const chunk of chunks) {
    rest += decoder.decode(chunk, { stream: true });
    // The last line may continue in the next chunk, and a \r may be the first half of a line end.
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
