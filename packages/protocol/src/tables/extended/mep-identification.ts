/** The 30 bytes by which a MEP client introduces itself in ET50. MEP guide 1.1, pp. 132-133. */
import { UsageError } from "../../errors.ts";

const length = 30;
/** Set in byte 0 where the rest follows the format. */
const marker = 0x80;
/** Manufacturer, class and both lengths; the page gives the spares 23 bytes, but 24 fill the field of 30. */
const overhead = 6;

/** A client's identification: what it is, and which one. */
export interface MepIdentification {
  /** 3 bytes, given by the OSGP Alliance; the highest bit of the first one is always 0 here. */
  readonly manufacturer: Uint8Array;
  /** The guide names 0 = LonTalk, 1 = ZigBee, 4 = C-Band and 5 = OSGP. */
  readonly deviceClass: number;
  /** Usually 4 bytes (type, sub-type, interface, revision) or 6 (type, sub-type, interface, firmware), or none. */
  readonly programId: Uint8Array;
  /** Together with the program id at most 24 bytes. */
  readonly uniqueId: Uint8Array;
}

/**
 * The parts of an identification string; `undefined` where it does not follow the format, as before a registration.
 * Spare bytes are not looked at.
 *
 * @example
 * parseMepIdentification(new Uint8Array(30)) // undefined
 */
export const parseMepIdentification = (bytes: Uint8Array): MepIdentification | undefined => {
  const first = bytes[0] ?? 0;
  if (bytes.length !== length || (first & marker) === 0) return undefined;
  const programEnd = 5 + (bytes[4] as number);
  if (programEnd >= length) return undefined;
  const uniqueEnd = programEnd + 1 + (bytes[programEnd] as number);
  if (uniqueEnd > length) return undefined;
  return {
    manufacturer: Uint8Array.of(first & ~marker, bytes[1] as number, bytes[2] as number),
    deviceClass: bytes[3] as number,
    programId: bytes.slice(5, programEnd),
    uniqueId: bytes.slice(programEnd + 1, uniqueEnd),
  };
};

/**
 * The identification string of a client, 30 bytes.
 *
 * @throws UsageError (`identification`) if the parts do not fit
 * @example
 * const parts = { manufacturer: Uint8Array.of(1, 2, 3), programId: Uint8Array.of(9), uniqueId: Uint8Array.of(7) };
 * mepIdentification({ deviceClass: 5, ...parts }).slice(0, 8) // Uint8Array [129, 2, 3, 5, 1, 9, 1, 7]
 */
export const mepIdentification = (parts: MepIdentification): Uint8Array => {
  const { manufacturer, deviceClass, programId, uniqueId } = parts;
  if (manufacturer.length !== 3 || (manufacturer[0] as number) >= marker)
    throw new UsageError("identification", "a manufacturer is 3 bytes of which the first is below 0x80");
  if (!Number.isInteger(deviceClass) || deviceClass < 0 || deviceClass > 0xff)
    throw new UsageError("identification", `a device class is a whole number from 0 to 255, not ${deviceClass}`);
  const room = length - overhead;
  if (programId.length + uniqueId.length > room)
    throw new UsageError(
      "identification",
      `program id and unique id have ${programId.length + uniqueId.length} bytes, of which only ${room} fit`,
    );
  const out = new Uint8Array(length);
  out.set(manufacturer);
  out[0] = marker | (manufacturer[0] as number);
  out[3] = deviceClass;
  out[4] = programId.length;
  out.set(programId, 5);
  out[5 + programId.length] = uniqueId.length;
  out.set(uniqueId, 6 + programId.length);
  return out;
};
