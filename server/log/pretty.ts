import { styleText } from 'node:util';
import { z } from 'zod';

/** An error as the log of production has it (describe.ts). */
const Described = z.looseObject({
  type: z.string(),
  stack: z.array(z.string()).optional(),
  get cause() {
    return Described.optional();
  },
});
/** An error as the terminal shows it in development (terminal.ts). */
const Shown = z.object({ title: z.string(), place: z.string().optional(), text: z.string() });

type ShownError = z.output<typeof Shown>;
type DescribedError = z.output<typeof Described>;

const Line = z.looseObject({
  level: z.number(),
  time: z.number(),
  msg: z.string().default(''),
  requestId: z.string().optional(),
  procedure: z.string().optional(),
  err: z.union([Shown, Described]).optional().catch(undefined),
});

const LEVELS = [
  [60, 'FATAL', 'red'],
  [50, 'ERROR', 'red'],
  [40, 'warn', 'yellow'],
  [30, 'info', 'green'],
] as const;

/** Characters that a terminal may take as commands. */
const CONTROL = /(?![\n\t])\p{Cc}/gu;

const clean = (_: string, value: unknown) =>
  typeof value === 'string' ? value.replaceAll(CONTROL, ' ') : value;
const indent = (text: string) => text.replaceAll(/^(?=.)/gm, '    ');
const inLine = (value: unknown) =>
  typeof value === 'string' ? value.replaceAll('\n', ' ') : JSON.stringify(value);
const fieldsOf = (values: Record<string, unknown>) =>
  Object.entries(values).map(([name, value]) => `${name}=${inLine(value)}`);

/** Returns the lines that show a described error: its class and fields, where it was thrown, and its cause. */
function linesOf({ type, stack = [], cause, ...fields }: DescribedError): string[] {
  return [
    [type, ...fieldsOf(fields)].join(' '),
    ...stack.map((place) => `    at ${place}`),
    ...(cause ? linesOf(cause).map((line, index) => (index === 0 ? `caused by ${line}` : line)) : []),
  ];
}

const isShown = (error: ShownError | DescribedError): error is ShownError => 'title' in error;

function toShown(error: ShownError | DescribedError): ShownError {
  if (isShown(error)) return error;
  const [title = '', ...lines] = linesOf(error);
  return { title, text: lines.join('\n') };
}

/**
 * Formats a line of the log for people.
 * @param line JSON, with errors in the form of `describeError` or `showError`.
 * @param paint colors a text if the terminal supports colors.
 */
export function formatLine(
  line: string,
  paint: (style: 'red' | 'yellow' | 'green' | 'gray' | 'bold', text: string) => string,
): string {
  const {
    level,
    time,
    msg,
    requestId,
    procedure,
    err,
    pid: _p,
    hostname: _h,
    ...rest
  } = Line.parse(JSON.parse(line, clean));
  const [, name, color] = LEVELS.find(([from]) => level >= from) ?? [0, 'debug', 'gray' as const];
  const clock = paint('gray', new Date(time).toTimeString().slice(0, 8));
  const message = [msg, ...(procedure === undefined ? [] : [paint('bold', procedure)])].join(': ');
  const fields = fieldsOf(rest);
  const request = requestId === undefined ? [] : [`request ${requestId}`];
  if (!err) {
    const details = [...fields, ...request].join(' ');
    return `${[clock, paint(color, name), message, ...(details === '' ? [] : [paint('gray', details)])].join(' ')}\n`;
  }
  const { title, place, text } = toShown(err);
  const shown = [
    paint(color, title),
    ...(place === undefined ? [] : [`at ${paint('bold', place)}`]),
    ...request,
    paint('gray', fields.join(' ')),
    ...(text === '' ? [] : [paint('gray', text)]),
  ];
  return `${clock} ${paint(color, name)} ${message}\n${indent(shown.join('\n'))}\n`;
}

/** The destination of lines to read: standard error. */
export const terminal = {
  write: (line: string): void => {
    process.stderr.write(
      formatLine(line, (style, text) => styleText(style, text, { stream: process.stderr })),
    );
  },
};
