import { join } from 'node:path';
import type { NextConfig } from 'next';

const config: NextConfig = {
  // Its packages are those of the project around it.
  turbopack: { root: join(import.meta.dirname, '../../..') },
  typescript: { ignoreBuildErrors: true },
};

export default config;
