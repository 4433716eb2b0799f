'use client';

import { Menu, type MenuProps } from '@mantine/core';
import { assignRef, useMounted } from '@mantine/hooks';
import { type ReactNode, type Ref, useEffect, useRef } from 'react';

/** Makes an element that exists already the target of a menu. */
function ExistingTarget({ element, ref }: { element: HTMLElement | null; ref?: Ref<HTMLElement> }) {
  useEffect(() => {
    assignRef(ref, element);
  }, [element, ref]);
  return null;
}

interface ListMenuProps extends Pick<MenuProps, 'position' | 'width'> {
  /** The button that opened the menu. It gets the focus back, unless the action of an item moves the focus. */
  button: HTMLElement | null;
  isOpen: boolean;
  onClose: () => void;
  label: string;
  /** The items. */
  children: ReactNode;
}

/** The menu of the rows of a list. A list has only one, which opens beside the button of each row. */
export function ListMenu({ button, isOpen, onClose, label, children, ...placement }: ListMenuProps) {
  const dropdown = useRef<HTMLDivElement>(null);
  // A menu that is open from the start would not take the focus.
  const isMounted = useMounted();

  function close() {
    // At once, because a dialog that the chosen item opens returns the focus to what has it now. The menu itself would
    // return it later, from the dialog.
    if (dropdown.current?.contains(document.activeElement)) button?.focus();
    // A click outside the menu can take the focus from everything.
    setTimeout(() => {
      if (document.activeElement === document.body) button?.focus();
    });
    onClose();
  }

  return (
    <Menu opened={isOpen && isMounted} onClose={close} returnFocus={false} withinPortal {...placement}>
      <Menu.Target>
        <ExistingTarget element={button} />
      </Menu.Target>
      <Menu.Dropdown ref={dropdown} aria-label={label} aria-labelledby={undefined}>
        {children}
      </Menu.Dropdown>
    </Menu>
  );
}
