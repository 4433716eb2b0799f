import { DotsIcon } from '#src/components/icons.tsx';
import classes from './sidebar.module.css';

interface RowMenuButtonProps {
  label: string;
  isMenuOpen: boolean;
  /** Opens or closes the menu, which `button` belongs to. */
  onMenu: (button: HTMLElement) => void;
}

/** The button of the menu of a row in the sidebar. It is not Mantine's, because a long list creates many while it scrolls. */
export function RowMenuButton({ label, isMenuOpen, onMenu }: RowMenuButtonProps) {
  return (
    <button
      type="button"
      className={classes['more']}
      aria-label={label}
      aria-haspopup="menu"
      aria-expanded={isMenuOpen}
      onClick={(event) => onMenu(event.currentTarget)}
    >
      <DotsIcon size={16} />
    </button>
  );
}
