'use client';

import { Kbd, Table } from '@mantine/core';
import { MOD, type Shortcut, SHORTCUTS } from './keys.ts';

function Keys({ keys }: { keys: Shortcut['keys'] }) {
  return keys.map((key, index) => (
    <span key={key}>
      {index > 0 && ' + '}
      <Kbd>{key === 'mod' ? MOD : key}</Kbd>
    </span>
  ));
}

/** The list of all keyboard shortcuts. */
export function KeyList() {
  return (
    <Table verticalSpacing="xs">
      <Table.Tbody>
        {SHORTCUTS.map(({ keys, label }) => (
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
