/** Sample values, with which `tables` shows tables whose contents decide where their fields lie. */
import { concat, fromHex } from "@meterport/protocol/bytes";
import { decode, reaches } from "@meterport/protocol/layout/index";
import { transaction } from "@meterport/protocol/tables/extended/transaction";
import { type Dimensions, ET42 } from "@meterport/protocol/tables/index";

/** One request, to show where a record begins. */
const oneRequest = transaction({ number: 0, messages: [new Uint8Array(8)] });
const call = { procedure: 0, responseHandling: 0, sequence: 5, parameters: new Uint8Array() };
const response = { procedure: 0, sequence: 5, result: 0, data: new Uint8Array() };

const bytesOf = (hex: string): Uint8Array => fromHex(hex.replace(/\s/g, "")) ?? new Uint8Array();
/** A factory meter's ET42 (MEP guide 1.1, pp. 117-125): seven logs, four channels, one data type, one further data set. */
const fixedSection = bytesOf(
  `0000 29 07 0300 0000 0000 10 0C 00 00 00 00 00 00 00 00 00 0000
   31070000 3C00 04 0F 13 00 6000 00 00 06 6400 02`,
);
const lists = bytesOf(
  `02E800 080D02 0A2300 000000 040D02 008F00 0A0C00
   0000 0100 0200 0300  01 050C933A`,
);
const furtherSets = bytesOf("01  F8000000 1E00 02 3C 0A 00 1800 00 00 0000 0140");
const requiredSection = bytesOf("08 0800 00 3200 01 09");

const interfaceDefinition = (env: Dimensions): ET42 => {
  const { profile, BT21 } = env;
  const since = (meter: readonly [number, number]): boolean => reaches(profile, { meter, module: [1, 20] });
  const required = since([3, 70]) ? requiredSection : since([3, 60]) ? bytesOf("03 0800") : new Uint8Array();
  const data = concat(fixedSection, lists, since([3, 50]) ? furtherSets : new Uint8Array(), required);
  data[0] = data.length;
  data.set([BT21.summations, BT21.demands, BT21.coincidents, BT21.occurrences, BT21.tiers, BT21.presentDemands], 12);
  data.set([BT21.presentValues], 18);
  data.set([4 * BT21.summations], 21);
  return decode(ET42, data, env);
};

const emptySets = {
  basicTablesUsed: [],
  extendedTablesUsed: [],
  basicProceduresUsed: [],
  extendedProceduresUsed: [],
  basicTablesWritable: [],
  extendedTablesWritable: [],
};

/**
 * A sample value for a table whose contents decide on its fields: nothing beyond what it must
 * have, or what a factory meter has. `undefined` for all other tables.
 */
export const sampleOf = (id: string, env: Dimensions): unknown => {
  switch (id) {
    // As long as its sizes give; only a meter knows which tables are in its sets.
    case "BT00":
      return { ...env.BT00, ...emptySets };
    case "BT07":
      return call;
    case "BT08":
    case "ET59":
    case "ET85":
      return response;
    case "ET36":
      return env.ET36;
    case "ET42":
      return interfaceDefinition(env);
    case "ET52":
    case "ET53":
      return oneRequest;
    default:
      return undefined;
  }
};
