'use client';

import { Anchor, type AnchorProps, Button, type ButtonProps } from '@mantine/core';
import Link from 'next/link';
import type { ReactNode } from 'react';

interface To {
  /** A path of this site. */
  href: string;
  children: ReactNode;
  'aria-label'?: string;
}

/** A link that looks like a button, for server components, which cannot pass `Link` to Mantine. */
export function LinkButton(props: ButtonProps & To) {
  return <Button component={Link} {...props} />;
}

/** A link within this site, for server components. */
export function LinkAnchor(props: AnchorProps & To) {
  return <Anchor component={Link} {...props} />;
}
