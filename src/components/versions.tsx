import { Text } from '@mantine/core';
import { IconButton } from './icon-button.tsx';
import { ChevronLeftIcon, ChevronRightIcon } from './icons.tsx';
import classes from './message.module.css';

interface VersionsProps {
  /** The ids of all versions, oldest first. */
  ids: readonly string[];
  /** The id of the version shown. */
  id: string;
  onSelect: (id: string) => void;
}

/** Buttons for the other versions of a message. Not shown if there is only one. */
export function Versions({ ids, id, onSelect }: VersionsProps) {
  const index = ids.indexOf(id);
  if (ids.length < 2 || index === -1) return null;
  const step = (to: string | undefined, label: string, icon: React.ReactNode) => (
    <IconButton
      label={label}
      disabled={to === undefined}
      onClick={() => {
        if (to !== undefined) onSelect(to);
      }}
    >
      {icon}
    </IconButton>
  );
  return (
    <span className={classes['versions']}>
      {step(ids[index - 1], 'Earlier version', <ChevronLeftIcon size={16} />)}
      <Text size="xs" c="dimmed" component="span" aria-label={`Version ${index + 1} of ${ids.length}`}>
        {index + 1}/{ids.length}
      </Text>
      {step(ids[index + 1], 'Later version', <ChevronRightIcon size={16} />)}
    </span>
  );
}
