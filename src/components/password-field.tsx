'use client';

import { TextInput, type TextInputProps } from '@mantine/core';
import { useState } from 'react';
import { useTranslations } from '#texts';
import { EyeIcon, EyeOffIcon } from './basic-icons.tsx';
import classes from './password-field.module.css';

/** A field for a secret, with a button that shows it. */
export function PasswordField(props: Omit<TextInputProps, 'type' | 'rightSection'>) {
  const t = useTranslations('common');
  const [isShown, setIsShown] = useState(false);
  return (
    <TextInput
      {...props}
      type={isShown ? 'text' : 'password'}
      rightSectionPointerEvents="all"
      rightSection={
        <button
          type="button"
          tabIndex={-1}
          className={classes['toggle']}
          aria-label={t('showOrHide')}
          aria-pressed={isShown}
          // The field keeps the focus.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => setIsShown(!isShown)}
        >
          {isShown ? <EyeOffIcon size={20} /> : <EyeIcon size={20} />}
        </button>
      }
    />
  );
}
