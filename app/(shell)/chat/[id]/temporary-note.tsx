import { Button } from '@mantine/core';
import { useTranslations } from '#texts';
import classes from './conversation.module.css';

/** The line of a temporary chat, which offers to keep it. */
export function TemporaryNote({ onKeep }: { onKeep: () => void }) {
  const t = useTranslations('chat.conversation');
  return (
    <div className={classes['temporary']} role="note">
      <span>{t('temporary')}</span>
      <Button variant="light" size="compact-sm" onClick={onKeep}>
        {t('keep')}
      </Button>
    </div>
  );
}
