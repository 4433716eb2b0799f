'use client';

import { Menu, type MenuProps } from '@mantine/core';
import { assignRef, useMounted } from '@mantine/hooks';
import { type ReactNode, type Ref, useEffect, useState } from 'react';

/** Makes an element that exists already the target of a menu. */
function ExistingTarget({ element, ref }: { element: HTMLElement | null; ref?: Ref<HTMLElement> }) {
  useEffect(() => {
    assignRef(ref, element);
  }, [element, ref]);
  return null;
}

interface ListMenuProps extends Pick<MenuProps, 'position' | 'width'> {
  /** The button that opened the menu. */
  button: HTMLElement | null;
  isOpen: boolean;
  onClose: () => void;
  label: string;
  /** Returns the items. An item whose action moves the focus calls `keepFocus` before it. */
  children: (keepFocus: () => void) => ReactNode;
}

/** The menu of the rows of a list. A list has only one, which opens beside the button of each row. */
export function ListMenu({ button, isOpen, onClose, label, children, ...placement }: ListMenuProps) {
  /** True if the chosen action moves the focus itself. */
  const [movesFocus, setMovesFocus] = useState(false);
  // A menu that is open from the start would not take the focus.
  const isMounted = useMounted();
  return (
    <Menu
      opened={isOpen && isMounted}
      onClose={onClose}
      onExitTransitionEnd={() => setMovesFocus(false)}
      returnFocus={!movesFocus}
      withinPortal
      {...placement}
    >
      <Menu.Target>
        <ExistingTarget element={button} />
      </Menu.Target>
      <Menu.Dropdown aria-label={label} aria-labelledby={undefined}>
        {children(() => setMovesFocus(true))}
      </Menu.Dropdown>
    </Menu>
  );
}
