import { join } from 'node:path';
import type { NextConfig } from 'next';
import product from '../../../next.config.ts';

/** The product's, for a Next app that has its API and no pages. */
const config: NextConfig = { ...product, turbopack: { root: join(import.meta.dirname, '../../..') } };

export default config;
