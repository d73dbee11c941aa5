/**
 * Packets of real meters of generation 3 and of a client that polls them, as one finds them in the unit tests of the openHAB
 * binding smartmeterosgp. What its author states of them stands beside them.
 */

/** Sent by a client (`>`), or by the meter (`<`). */
export interface CapturedPacket {
  readonly id: string;
  readonly by: ">" | "<";
  readonly hex: string;
}

/** Identification, answered: ok, standard 0, version 2, revision 0. */
export const identificationAnswer: CapturedPacket = { id: "oc-1", by: "<", hex: "ee00000000050000020000a25a" };

/** Terminate, answered: ok. */
export const terminateAnswer: CapturedPacket = { id: "oc-2", by: "<", hex: "ee0000000001001131" };

/** A full read of BT00, answered in two packets: ok, 79 bytes, checksum 0xCD. */
export const bt00Answer: readonly CapturedPacket[] = [
  {
    id: "oc-3",
    by: "<",
    hex:
      "ee00c001003800004f022a88454c4f4e0200ff0c01000a0d020c0904ffb5f15f021df4f0cf07" +
      "fffffff8ffffff7ffcef03040270f4ffffffffbffe7b1f008ab5",
  },
  {
    id: "oc-3",
    by: "<",
    hex: "ee00a000001b000000e6808001020460000002ffe6c6380e89bc73b863010202cd3782",
  },
];

/** What BT00 begins with there, as far as the guide describes it. */
export const bt00Stated = {
  count: 79,
  checksum: 0xcd,
  manufacturer: "ELON",
  /** Bytes of the six sets after byte 18. */
  sets: [10, 13, 2, 12, 10, 13],
} as const;

/** A partial read of BT28, 40 bytes from 0, answered. */
export const bt28Answer: CapturedPacket = {
  id: "oc-4",
  by: "<",
  hex: "ee000000002c000028ef00000000000000140000000000000074020000ba01000038010000" + "679403006e960300c29a03002f96c3",
};

/** In this order, four bytes each: power import and export (W), reactive import and export (var), currents (mA), voltages (mV). */
export const bt28Stated = {
  code: 0,
  powerImport: 239,
  powerExport: 0,
  reactiveImport: 20,
  reactiveExport: 0,
  /** Ampere. */
  currents: [0.628, 0.442, 0.312],
  /** Volt. */
  voltages: [234.599, 235.118, 236.226],
} as const;

/** Security with the password "0123456789abcdefghij". */
export const securityRequest: CapturedPacket = {
  id: "oc-5",
  by: ">",
  hex: "ee000000001551303132333435363738396162636465666768696a806d",
};

/** Logon as user 1 with the name "0000". */
export const logonRequest: CapturedPacket = {
  id: "oc-6",
  by: ">",
  hex: "ee000000000d50000130303030202020202020e760",
};

/** Negotiate: packets of 64 bytes, two of them, one rate, 9600 baud. */
export const negotiateRequest: CapturedPacket = { id: "oc-7", by: ">", hex: "ee000000000561004002061d15" };
