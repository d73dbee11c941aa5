/**
 * Frames of the sensors CT002 and CT003 and the batteries that ask it: 0x01, 0x02, the length of all in decimal, fields with `|` before each, 0x03 and
 * the XOR of everything before it as two hex digits. Pure. Facts from captures that the project AstraMeter describes in
 * `docs/ct002-ct003-protocol.md`.
 */

/**
 * How each sensor calls itself. They speak the same protocol. CT003 hangs on a meter and adds its four registers, whose unit nobody has
 * published: they are left out, as they are by CT002.
 */
const sensorTypes = { ct002: "HME-4", ct003: "HME-3" } as const;
export type SensorModel = keyof typeof sensorTypes;

/** Where a battery says that it is: on a phase, on all of them together, or that it does not know yet. */
export type Phase = "A" | "B" | "C" | "D" | "0";

export interface CtRequest {
  /** "HMG-50" */
  readonly batteryType: string;
  readonly battery: string;
  /** "HME-4" */
  readonly sensorType: string;
  readonly sensor: string;
  readonly phase: Phase;
  /** W: what it charges is negative, what it gives positive. */
  readonly power: number;
  /** Whether it wants to be counted. */
  readonly counts: boolean;
}

/** What the batteries of one place do, W. */
export interface Share {
  readonly charging: number;
  readonly discharging: number;
  readonly batteries: number;
}

export interface CtAnswer {
  readonly request: Pick<CtRequest, "battery" | "batteryType" | "sensor" | "sensorType">;
  /** W on the phases A to C, and all of them; whole numbers. */
  readonly phases: readonly [number, number, number];
  readonly total: number;
  readonly shares: { readonly [P in Phase]: Share };
  /** 0 to 255, another one in each answer. */
  readonly index: number;
}

const [start, text, end] = [0x01, 0x02, 0x03];
/** Twice as long as a request with all fields can be. */
const longest = 160;
/** dBm: the field must be there, and a strong signal keeps batteries from complaining. */
const signal = -50;
const most16 = 32_767;

const xorOf = (bytes: Uint8Array): number => {
  let xor = 0;
  for (const byte of bytes) xor ^= byte;
  return xor;
};

const wholeNumber = (field: string | undefined): number | undefined =>
  field !== undefined && /^[+-]?\d{1,6}$/.test(field) ? Number(field) : undefined;

const isPhase = (field: string): field is "A" | "B" | "C" | "D" => /^[A-D]$/.test(field);

/** The text between the frame's bytes; undefined if it is no whole frame. */
const contentOf = (bytes: Uint8Array): string | undefined => {
  const { length } = bytes;
  if (length < 8 || length > longest || bytes[0] !== start || bytes[1] !== text || bytes[length - 3] !== end)
    return undefined;
  const all = String.fromCharCode(...bytes);
  const checksum = all.slice(-2).trim();
  if (!/^[0-9A-Fa-f]{1,2}$/.test(checksum) || Number.parseInt(checksum, 16) !== xorOf(bytes.subarray(0, -2)))
    return undefined;
  const content = all.slice(2, -3);
  return /^[\x20-\x7e]+$/.test(content) ? content : undefined;
};

/** The request in a datagram; undefined if it is none, or for another model of the sensor. */
export const parseCtRequest = (bytes: Uint8Array, model: SensorModel): CtRequest | undefined => {
  const fields = contentOf(bytes)?.split("|") ?? [];
  if (fields.length < 7 || fields.length > 8) return undefined;
  const [length, batteryType = "", battery = "", sensorType, sensor = "", phase = "", power, counts = "1"] = fields;
  const watts = power === "" ? 0 : wholeNumber(power);
  if (wholeNumber(length) !== bytes.length || sensorType !== sensorTypes[model] || watts === undefined)
    return undefined;
  if (!/^[\w-]{1,10}$/.test(batteryType) || !/^\w{1,30}$/.test(battery) || !/^\w{1,13}$/.test(sensor)) return undefined;
  return {
    ...{ batteryType, battery, sensorType, sensor, counts: counts !== "0" },
    phase: isPhase(phase) ? phase : "0",
    power: Math.max(-most16, Math.min(most16, watts)),
  };
};

/** A frame around its fields. The length counts itself. */
export const ctFrame = (fields: readonly (string | number)[]): Uint8Array => {
  const rest = fields.map((field) => `|${field}`).join("");
  const around = 5;
  let length = around + rest.length + 1;
  while (around + rest.length + String(length).length !== length) length = around + rest.length + String(length).length;
  const body = Uint8Array.from([start, text, ...[...`${length}${rest}`].map((each) => each.charCodeAt(0)), end]);
  const checksum = xorOf(body).toString(16).toUpperCase().padStart(2, "0");
  return Uint8Array.from([...body, checksum.charCodeAt(0), checksum.charCodeAt(1)]);
};

const short = (value: number): number => Math.max(-most16, Math.min(most16, Math.round(value)));

export const ctAnswer = ({ request, phases, total, shares, index }: CtAnswer): Uint8Array => {
  const { A, B, C, D, "0": unplaced } = shares;
  const places = [unplaced, A, B, C, D];
  return ctFrame([
    request.sensorType,
    request.sensor,
    request.batteryType,
    request.battery,
    ...phases,
    total,
    ...[A, B, C, D].map(({ batteries }) => batteries),
    signal,
    index & 0xff,
    ...places.map(({ charging }) => short(charging)),
    ...places.map(({ discharging }) => short(discharging)),
  ]);
};
