import { useLocale, useTranslations } from '#texts';
import classes from './message.module.css';
import { perLanguage } from './per-language.ts';

interface AnswerDetailsProps {
  /** The id of the model, such as `openai/gpt-5-mini`. */
  model: string | null | undefined;
  /** The time that the answer took, and its tokens, as far as they are known. */
  usage: { seconds: number; inputTokens: number | null; outputTokens: number | null } | null | undefined;
}

/** Returns a format for tenths of seconds. */
const tenthsIn = perLanguage(
  (locale) => new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 }),
);

/** Returns a function that formats a duration: `0.4 s`, `12 s` or `2 min 5 s`. */
function useDuration(): (seconds: number) => string {
  const t = useTranslations('chat.message');
  const locale = useLocale();
  return (seconds) => {
    if (seconds < 10) return t('seconds', { seconds: tenthsIn(locale).format(Math.max(seconds, 0.1)) });
    const whole = Math.round(seconds);
    if (whole < 60) return t('seconds', { seconds: String(whole) });
    return t('minutes', { minutes: Math.floor(whole / 60), seconds: whole % 60 });
  };
}

/** A quiet line about an answer: its model, time and tokens. */
export function AnswerDetails({ model, usage }: AnswerDetailsProps) {
  const t = useTranslations('chat.message');
  const durationOf = useDuration();
  const offlineGuide = useTranslations('chat.model')('offlineGuide');
  if (!model) return null;
  const { seconds, inputTokens = null, outputTokens = null } = usage ?? {};
  const count =
    inputTokens === null && outputTokens === null ? null : (inputTokens ?? 0) + (outputTokens ?? 0);
  const facts = [
    ...(seconds === undefined ? [] : [durationOf(seconds)]),
    ...(count === null ? [] : [t('tokens', { count })]),
  ];
  const parts =
    inputTokens === null || outputTokens === null
      ? undefined
      : t('tokensOf', { input: inputTokens, output: outputTokens });
  return (
    <span className={classes['time']} title={parts}>
      {model === 'guide' ? offlineGuide : <span translate="no">{model.slice(model.indexOf('/') + 1)}</span>}
      {facts.map((fact) => ` · ${fact}`)}
    </span>
  );
}
