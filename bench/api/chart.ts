/** A group of bars with its own scale. */
export interface Panel {
  title: string;
  bars: Bar[];
  /** A longer bar is cut at this value, so that the others can be compared. */
  limit?: number;
}

export interface Bar {
  title: string;
  value: number;
  /** The text at the end of the bar. */
  note: string;
  kind: 'ours' | 'baseline' | 'peer';
}

const WIDTH = 860;
const LEFT = 300;
const RIGHT = 130;
const ROW = 24;
const BAR = 16;
const HEAD = 44;
const MARGIN = 16;
/** The gap in a bar that is cut. */
const CUT = { fromEnd: 16, width: 4 };

const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #1f2328; }
  .title { font-weight: 600; font-size: 15px; }
  .label { text-anchor: end; }
  .page { fill: #ffffff; }
  .peer { fill: #9aa4af; }
  .baseline { fill: #57606a; }
  .ours { fill: #0969da; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .page { fill: #0d1117; }
    .peer { fill: #6e7681; }
    .baseline { fill: #b1bac4; }
    .ours { fill: #4493f8; }
  }`;

const escape = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** Draws horizontal bars as an SVG for light and dark pages. */
export function chart(panels: readonly Panel[]): string {
  let y = MARGIN;
  const parts = panels.map(({ title, bars, limit = Infinity }) => {
    const top = y;
    y += HEAD + bars.length * ROW + MARGIN;
    const longest = Math.min(limit, Math.max(...bars.map(({ value }) => value)));
    const rows = bars.map((bar, index) => {
      const barY = top + HEAD + index * ROW;
      const part = Math.min(1, bar.value / longest);
      const width = Math.max(1, Math.round(part * (WIDTH - LEFT - RIGHT)));
      const textY = barY + BAR - 3;
      const cut = `<rect class="page" x="${LEFT + width - CUT.fromEnd}" y="${barY}" width="${CUT.width}" height="${BAR}"/>`;
      return `  <text class="label" x="${LEFT - 8}" y="${textY}">${escape(bar.title)}</text>
  <rect class="${bar.kind}" x="${LEFT}" y="${barY}" width="${width}" height="${BAR}" rx="2"/>${bar.value > limit ? cut : ''}
  <text x="${LEFT + width + 8}" y="${textY}">${escape(bar.note)}</text>`;
    });
    return [`  <text class="title" x="${MARGIN}" y="${top + 22}">${escape(title)}</text>`, ...rows].join(
      '\n',
    );
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" width="${WIDTH}" height="${y}" role="img">
  <title>${escape(panels.map(({ title }) => title).join('; '))}</title>
  <style>${STYLE}
  </style>
  <rect class="page" width="${WIDTH}" height="${y}"/>
${parts.join('\n')}
</svg>
`;
}
