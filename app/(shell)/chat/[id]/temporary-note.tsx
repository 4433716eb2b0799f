import { Button } from '@mantine/core';
import classes from './conversation.module.css';

/** The line of a temporary chat, which offers to keep it. */
export function TemporaryNote({ onKeep }: { onKeep: () => void }) {
  return (
    <div className={classes['temporary']} role="note">
      <span>Temporary chat: it is not in your list, and is deleted a day after its last message.</span>
      <Button variant="light" size="compact-sm" onClick={onKeep}>
        Keep
      </Button>
    </div>
  );
}
