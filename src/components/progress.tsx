import classes from './progress.module.css';

interface ProgressProps {
  /** From 0 to 100. */
  value: number;
  /** The name, unless `labelledBy` is the id of an element with it. */
  label?: string;
  labelledBy?: string;
}

/** A bar that shows how much of something is done or used. */
export function Progress({ value, label, labelledBy }: ProgressProps) {
  return (
    <div className={classes['track']}>
      <div
        role="progressbar"
        aria-label={label}
        aria-labelledby={labelledBy}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={value}
        className={classes['bar']}
        style={{ width: `${value}%` }}
      />
    </div>
  );
}
