import { crc32, deflateSync } from 'node:zlib';
import { type Caller, type ParsedResponse, read } from './client.ts';

/* Small files of each type, for uploads. */

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/**
 * Returns a PNG of one colour.
 * @param size the size that it names; its pixels are always 8 × 8.
 * @param extra chunks with text, which are metadata.
 */
export function png({ width = 8, height = 8 } = {}, extra: Record<string, string> = {}): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const row = Buffer.concat([Buffer.of(0), Buffer.alloc(8 * 3, 0x66)]);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    ...Object.entries(extra).map(([type, text]) => chunk(type, Buffer.from(text))),
    chunk('IDAT', deflateSync(Buffer.concat(Array.from({ length: 8 }, () => row)))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function segment(marker: number, data: Uint8Array | string): Buffer {
  const body = Buffer.from(data);
  const head = Buffer.of(0xff, marker, 0, 0);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([head, body]);
}

/** Returns the structure of a JPEG of 3 × 2 pixels, with Exif that turns it and has a secret, and a comment. */
export const jpeg = (orientation = 6): Buffer =>
  Buffer.concat([
    Buffer.of(0xff, 0xd8),
    segment(0xe0, 'JFIF\0\x01\x02\0\0\x01\0\x01\0\0'),
    segment(
      0xe1,
      Buffer.concat([
        Buffer.from('Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0', 'latin1'),
        Buffer.of(orientation, 0, 0, 0, 0, 0, 0, 0),
        Buffer.from('secret place'),
      ]),
    ),
    segment(0xe2, 'ICC_PROFILE\0\x01\x01colours'),
    segment(0xfe, 'secret comment'),
    segment(0xc0, Buffer.of(8, 0, 2, 0, 3, 1, 1, 0x11, 0)),
    segment(0xda, Buffer.of(1, 1, 0, 0, 63, 0)),
    Buffer.of(0x12, 0xff, 0, 0x34, 0xff, 0xd0, 0x56),
    Buffer.of(0xff, 0xd9),
  ]);

/** Returns a GIF of 1 × 1 pixel with a comment. */
export const gif = (): Buffer =>
  Buffer.concat([
    Buffer.from('GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff', 'latin1'),
    Buffer.from('!\xfe\x0esecret comment\0', 'latin1'),
    Buffer.from('!\xf9\x04\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;', 'latin1'),
  ]);

/** Returns the structure of a WebP of 5 × 4 pixels with Exif. */
export function webp(): Buffer {
  const chunkOf = (type: string, data: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(data.length);
    return Buffer.concat([Buffer.from(type), length, data, Buffer.alloc(data.length % 2)]);
  };
  const extended = chunkOf('VP8X', Buffer.of(0x08, 0, 0, 0, 4, 0, 0, 3, 0, 0));
  const pixels = chunkOf('VP8 ', Buffer.of(0, 0, 0, 0x9d, 1, 0x2a, 5, 0, 4, 0, 7));
  const body = Buffer.concat([Buffer.from('WEBP'), extended, pixels, chunkOf('EXIF', Buffer.from('secret'))]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(body.length);
  return Buffer.concat([Buffer.from('RIFF'), length, body]);
}

/** Returns a PDF of one page with a line of text. */
export function pdf(text: string): Buffer {
  const stream = `BT /F1 18 Tf 20 100 Td (${text}) Tj ET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let document = '%PDF-1.4\n';
  const offsets = objects.map((body, index) => {
    const offset = document.length;
    document += `${index + 1} 0 obj\n${body}\nendobj\n`;
    return offset;
  });
  const start = document.length;
  const entries = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const trailer = `<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(
    `${document}xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${entries}trailer\n${trailer}`,
  );
}

/** Returns an upload of some bytes or text. */
export const fileOf = (name: string, content: Uint8Array | string): File =>
  new File([typeof content === 'string' ? content : Uint8Array.from(content)], name);

/** Uploads a file over REST. */
export async function uploadFile(
  as: Caller,
  name: string,
  content: Uint8Array | string,
  headers: Record<string, string> = {},
): Promise<ParsedResponse> {
  const body = new FormData();
  body.append('file', fileOf(name, content));
  return read(await as.fetch('/api/v1/files', { method: 'POST', body, headers }));
}
