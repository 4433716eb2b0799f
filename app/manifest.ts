import type { MetadataRoute } from 'next';
import { PRODUCT } from '#contract/product';

/** The web app manifest, by which the app can be installed. */
export default function manifest(): MetadataRoute.Manifest {
  return {
    name: PRODUCT.name,
    short_name: PRODUCT.name,
    start_url: '/chat',
    display: 'standalone',
    background_color: '#ffffff',
    theme_color: '#ffffff',
    icons: [{ src: '/icon.svg', sizes: 'any', type: 'image/svg+xml' }],
  };
}
