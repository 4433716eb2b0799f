/** The series of a text in the format of Prometheus: each with its labels as written, and its value. */
export type Scraped = ReadonlyMap<string, number>;

/** Parses the text of /api/metrics. @throws {Error} for a line that is not valid, and for a series that occurs twice. */
export function parseMetrics(text: string): Scraped {
  const series = new Map<string, number>();
  for (const line of text.trimEnd().split('\n')) {
    if (/^# (HELP|TYPE) [a-z_0-9]+ \S/.test(line)) continue;
    const [, name = '', value = ''] =
      /^([a-z_][a-z_0-9]*(?:\{[a-z]+="(?:[^"\\]|\\.)*"(?:,[a-z]+="(?:[^"\\]|\\.)*")*\})?) (\S+)$/.exec(
        line,
      ) ?? [];
    if (name === '' || series.has(name)) throw new Error(`This line is not valid: ${line}`);
    series.set(name, Number(value));
  }
  return series;
}

/** Reads the metrics of a server. @throws {Error} unless the response has status 200. */
export async function scrape(url: string, token: string): Promise<Scraped> {
  const response = await fetch(`${url}/api/metrics`, { headers: { authorization: `Bearer ${token}` } });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`/api/metrics returned ${response.status}: ${text}`);
  return parseMetrics(text);
}

/** Returns by how much each series has grown, without those that have not. */
export function increases(before: Scraped, after: Scraped): Record<string, number> {
  const grown = [...after].map(([name, value]) => [name, value - (before.get(name) ?? 0)] as const);
  return Object.fromEntries(grown.filter(([, by]) => by !== 0));
}
