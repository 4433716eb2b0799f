import { Text } from '@mantine/core';
import { useTranslations } from '#texts';
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
  const t = useTranslations('chat.message');
  const index = ids.indexOf(id);
  if (ids.length < 2 || index === -1) return null;
  const place = { index: index + 1, count: ids.length };
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
      {step(ids[index - 1], t('earlier'), <ChevronLeftIcon size={16} />)}
      <Text size="xs" c="dimmed" component="span" aria-label={t('version', place)}>
        {t('versionShort', place)}
      </Text>
      {step(ids[index + 1], t('later'), <ChevronRightIcon size={16} />)}
    </span>
  );
}
