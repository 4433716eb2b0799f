// @ts-check
import { join } from 'node:path';
import product from '../../../next.config.ts';

/**
 * The product's configuration, for a Next app with its API and without pages.
 * @type {import('next').NextConfig}
 */
const config = { ...product, turbopack: { root: join(import.meta.dirname, '../../..') } };

export default config;
