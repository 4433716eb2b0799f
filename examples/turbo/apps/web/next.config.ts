import type { NextConfig } from 'next';

export default { transpilePackages: ['@acme/api'] } satisfies NextConfig;
