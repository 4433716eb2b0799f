// @ts-check
import { join } from 'node:path';
import product from '../../../next.config.ts';

/**
 * The product's, for a Next app that has its API and no pages.
 * @type {import('next').NextConfig}
 */
const config = { ...product, turbopack: { root: join(import.meta.dirname, '../../..') } };

export default config;
