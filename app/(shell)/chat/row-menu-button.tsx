import { ActionIcon } from '@mantine/core';
import { DotsIcon } from '#src/components/icons.tsx';
import classes from './sidebar.module.css';

interface RowMenuButtonProps {
  /** The title of the row. */
  title: string;
  isMenuOpen: boolean;
  /** Opens or closes the menu, which `button` belongs to. */
  onMenu: (button: HTMLElement) => void;
}

/** The button of the menu of a row in the sidebar. */
export function RowMenuButton({ title, isMenuOpen, onMenu }: RowMenuButtonProps) {
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="sm"
      className={classes['more'] ?? ''}
      aria-label={`Actions for “${title}”`}
      aria-haspopup="menu"
      aria-expanded={isMenuOpen}
      onClick={(event) => onMenu(event.currentTarget)}
    >
      <DotsIcon size={16} />
    </ActionIcon>
  );
}
