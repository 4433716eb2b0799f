import type { ReactNode, Ref } from 'react';
import classes from './icon-button.module.css';

interface IconButtonProps {
  /** The name, which is also shown above the button. */
  label: string;
  onClick: () => void;
  /** True if the button does nothing now. It keeps the focus. */
  disabled?: boolean;
  /** The state of a switch. */
  pressed?: boolean;
  /** True if the button opens a menu. */
  hasMenu?: boolean;
  ref?: Ref<HTMLButtonElement>;
  children: ReactNode;
}

/** A small button with an icon. A chat has hundreds of them, so it consists of one element. */
export function IconButton(props: IconButtonProps) {
  const { label, onClick, disabled = false, pressed, hasMenu = false, ref, children } = props;
  return (
    <button
      ref={ref}
      type="button"
      className={classes['button']}
      aria-label={label}
      aria-disabled={disabled || undefined}
      aria-pressed={pressed}
      aria-haspopup={hasMenu ? 'menu' : undefined}
      onClick={disabled ? undefined : onClick}
    >
      {children}
    </button>
  );
}
