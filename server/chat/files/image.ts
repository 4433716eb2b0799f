/** An image without its metadata. */
export interface Image {
  width: number;
  height: number;
  content: Uint8Array<ArrayBuffer>;
}

/** An image that is broken off, or does not have the structure of its type. */
export class BrokenImage extends Error {
  override name = 'BrokenImage';
}
