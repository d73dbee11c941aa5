/** Puts a procedure and its parameters into BT07. */
import { encode, type Procedure } from "../layout/index.ts";
import { BT07 } from "../tables/basic/bt07-procedure-initiate.ts";

/**
 * The bytes to write to BT07, as a whole. `sequence` (5..9 for MEP clients) must differ from the one before, else the
 * write is refused with 0x04. MEP guide 1.1, p. 58.
 *
 * @throws LayoutError range, shape
 * @example
 * import { toHex } from "@meterport/protocol/bytes";
 * import { EP17 } from "@meterport/protocol/procedures/ep17-remove-device";
 * toHex(encodeCall(EP17, { action: 0, deviceHandle: 0x03f8 }, 7, {}), " ") // "11 08 07 00 f8 03"
 */
export const encodeCall = <Q, QE, R, RE>(
  procedure: Procedure<string, Q, QE, R, RE>,
  parameters: Q,
  sequence: number,
  env: QE,
): Uint8Array => {
  const call = { procedure: procedure.number, responseHandling: 0, sequence };
  return encode(BT07, { ...call, parameters: encode(procedure.request, parameters, env) }, {});
};
