import { join } from 'node:path';
import type { NextConfig } from 'next';

const config: NextConfig = {
  // Next comes from the packages of the surrounding project.
  turbopack: { root: join(import.meta.dirname, '../../..') },
  typescript: { ignoreBuildErrors: true },
};

export default config;
