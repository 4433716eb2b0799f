import { join } from 'node:path';
import type { NextConfig } from 'next';

const config: NextConfig = {
  // Next is the one of the project around it.
  turbopack: { root: join(import.meta.dirname, '../../..') },
  typescript: { ignoreBuildErrors: true },
};

export default config;
