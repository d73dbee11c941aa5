/** The page's icon as PNG, drawn here so that no picture has to be kept beside the drawing in the document. */
import { crc32, deflateSync } from "node:zlib";

type Colour = readonly [red: number, green: number, blue: number];
type Point = readonly [x: number, y: number];

const BLUE: Colour = [29, 95, 208];
const WHITE: Colour = [255, 255, 255];
/** The drawing is in a box of 32 by 32. */
const BOX = 32;
const STROKE = 1.5;

const distanceToLine = ([x, y]: Point, [ax, ay]: Point, [bx, by]: Point): number => {
  const [dx, dy] = [bx - ax, by - ay];
  const along = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)));
  return Math.hypot(x - ax - along * dx, y - ay - along * dy);
};

/** To the half circle of the dial around (16, 21), with its flat ends. */
const distanceToDial = ([x, y]: Point): number =>
  y <= 21 ? Math.abs(Math.hypot(x - 16, y - 21) - 8) : Math.max(y - 21, Math.abs(Math.abs(x - 16) - 8)) + STROKE;

const distanceToCard = ([x, y]: Point, radius: number): number => {
  const [dx, dy] = [Math.abs(x - 16) - 16 + radius, Math.abs(y - 16) - 16 + radius];
  return Math.hypot(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - radius;
};

const chunk = (type: string, data: Uint8Array): Uint8Array => {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
};

const png = (size: number, pixels: Uint8Array): Uint8Array => {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  // Eight bits of red, green, blue and opacity.
  header.set([8, 6, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(pixels, { level: 9 })),
    chunk("IEND", new Uint8Array()),
  ]);
};

export interface IconOptions {
  /** Pixels of each side. */
  readonly size: number;
  /** For systems that cut it to a shape of their own: colour up to the edges, and the drawing within the middle. */
  readonly maskable: boolean;
}

export const drawIcon = ({ size, maskable }: IconOptions): Uint8Array => {
  const pixel = BOX / size;
  const zoom = maskable ? 1.35 : 1;
  const cover = (distance: number): number => Math.min(1, Math.max(0, 0.5 - distance / pixel));
  const rows = new Uint8Array(size * (1 + 4 * size));
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++) {
      const at: Point = [(column + 0.5) * pixel, (row + 0.5) * pixel];
      const inner: Point = [16 + (at[0] - 16) * zoom, 16 + (at[1] - 16) * zoom];
      const stroke = Math.min(distanceToDial(inner), distanceToLine(inner, [16, 21], [21, 15])) - STROKE;
      const white = cover(stroke / zoom);
      const place = row * (1 + 4 * size) + 1 + 4 * column;
      for (let i = 0; i < 3; i++) rows[place + i] = Math.round((BLUE[i] ?? 0) * (1 - white) + (WHITE[i] ?? 0) * white);
      rows[place + 3] = maskable ? 255 : Math.round(255 * cover(distanceToCard(at, 8)));
    }
  return png(size, rows);
};
