'use client';

import { Kbd } from '@mantine/core';
import { Table } from '#src/components/table.tsx';
import { useTranslations } from '#texts';
import classes from './dialogs.module.css';
import { type Shortcut, SHORTCUTS, useKeyLabels } from './keys.ts';

function Keys({ keys }: { keys: Shortcut['keys'] }) {
  const labelOf = useKeyLabels();
  return keys.map((key, index) => (
    <span key={key}>
      {index > 0 && ' + '}
      <Kbd translate="no">{labelOf(key)}</Kbd>
    </span>
  ));
}

/** The list of all keyboard shortcuts. */
export function KeyList() {
  const t = useTranslations('shell.commands');
  return (
    <Table className={classes['keys']}>
      <tbody>
        {SHORTCUTS.map(({ keys, command }) => (
          <tr key={command}>
            <td>{t(command)}</td>
            <td className={classes['labels']}>
              <Keys keys={keys} />
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
