'use client';

import { Kbd, Table } from '@mantine/core';
import { MOD, type Shortcut, SHORTCUTS, SIDEBAR_SHORTCUT } from './keys.ts';

function Keys({ keys }: { keys: Shortcut['keys'] }) {
  return keys.map((key, index) => (
    <span key={key}>
      {index > 0 && ' + '}
      <Kbd>{key === 'mod' ? MOD : key}</Kbd>
    </span>
  ));
}

/** The list of all keyboard shortcuts. `hasSidebar` is true on pages with a sidebar. */
export function KeyList({ hasSidebar }: { hasSidebar: boolean }) {
  const shortcuts = hasSidebar ? [...SHORTCUTS, SIDEBAR_SHORTCUT] : SHORTCUTS;
  return (
    <Table verticalSpacing="xs">
      <Table.Tbody>
        {shortcuts.map(({ keys, label }) => (
          <Table.Tr key={label}>
            <Table.Td>{label}</Table.Td>
            <Table.Td ta="end">
              <Keys keys={keys} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
