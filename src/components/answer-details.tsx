import classes from './message.module.css';

interface AnswerDetailsProps {
  /** The id of the model, such as `openai/gpt-5-mini`. */
  model: string | null | undefined;
  /** The time that the answer took, and its tokens, as far as they are known. */
  usage: { seconds: number; inputTokens: number | null; outputTokens: number | null } | null | undefined;
}

const number = new Intl.NumberFormat('en');

/** Returns a duration in words: `0.4 s`, `12 s` or `2 min 5 s`. */
function durationOf(seconds: number): string {
  if (seconds < 10) return `${Math.max(seconds, 0.1).toFixed(1)} s`;
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** A quiet line about an answer: its model, time and tokens. */
export function AnswerDetails({ model, usage }: AnswerDetailsProps) {
  if (!model) return null;
  const { seconds, inputTokens = null, outputTokens = null } = usage ?? {};
  const tokens =
    inputTokens === null && outputTokens === null ? null : (inputTokens ?? 0) + (outputTokens ?? 0);
  const facts = [
    model === 'guide' ? 'Offline guide' : model.slice(model.indexOf('/') + 1),
    ...(seconds === undefined ? [] : [durationOf(seconds)]),
    ...(tokens === null ? [] : [`${number.format(tokens)} tokens`]),
  ];
  const parts =
    inputTokens === null || outputTokens === null
      ? undefined
      : `${number.format(inputTokens)} tokens read, ${number.format(outputTokens)} written`;
  return (
    <span className={classes['time']} title={parts}>
      {facts.join(' · ')}
    </span>
  );
}
