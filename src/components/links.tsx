'use client';

import { Button, type ButtonProps } from '@mantine/core';
import Link from 'next/link';
import type { ReactNode } from 'react';

interface LinkButtonProps extends ButtonProps {
  /** A path of this site. */
  href: string;
  children: ReactNode;
  'aria-label'?: string;
}

/** A link that looks like a button, for server components, which cannot pass `Link` to Mantine. */
export function LinkButton(props: LinkButtonProps) {
  return <Button component={Link} {...props} />;
}
