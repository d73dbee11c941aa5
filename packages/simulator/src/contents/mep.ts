/** ET11, ET13, ET50 to ET53, ET70 and the procedure tables: what concerns MEP clients. */
import { encode, sizeOf, tableExists } from "@meterport/protocol/layout/index";
import { numberOf } from "@meterport/protocol/tables/catalogue";
import { transaction, transactionType } from "@meterport/protocol/tables/extended/transaction";
import { BT07, ET11, ET13, ET50, ET51, ET52, ET53, ET70 } from "@meterport/protocol/tables/index";
import { filled, zeroValue } from "./filled.ts";
import type { Filling } from "./memory.ts";
import type { Setup } from "./setup.ts";

/** Entries of ET13 and ET14 below this are M-Bus devices. */
const mbusSlots = 4;
const daily = 1;
/** 2400 baud. */
const mbusBaudRate = 4;
/** Procedure, sequence, result in front of the data whose length BT00 gives. */
const procedureResponse = 4 + 12;
const procedureCall = 3 + 255;

/** Tables that hold the response of a procedure. */
export const responseTables = { bt08: numberOf("BT08"), et59: numberOf("ET59"), et85: numberOf("ET85") } as const;

export const mepTables = (setup: Setup): readonly (readonly [number, Filling])[] => {
  const { dimensions, profile, generation4 } = setup;
  const { ET11: limits } = dimensions;
  const zeros =
    (length: number): Filling =>
    () =>
      new Uint8Array(length);
  // An empty transaction before the first one, so that a full read of the table can be decoded.
  const noTransaction =
    (type: number, length: number): Filling =>
    () => {
      const bytes = new Uint8Array(length);
      bytes.set(encode(ET52, transaction({ type, number: 0, messages: [] }), {}));
      return bytes;
    };
  const devices = (): Uint8Array => {
    const value = zeroValue(ET13, dimensions);
    for (const device of value.devices.slice(0, mbusSlots)) device.baudRate = mbusBaudRate;
    // What is there is read each midnight: the gas meter in slot 0, or four devices.
    for (const device of value.devices.slice(0, setup.fourChildren ? mbusSlots : 1)) device.billingFrequency = daily;
    return encode(ET13, value, dimensions);
  };
  const clients = (): Uint8Array => {
    const value = zeroValue(ET51, dimensions);
    for (const client of value.clients) {
      client.enableOpticalDosTimer = true;
      client.healthTimeout = 60;
      client.onDemandTimeout = 30;
      client.opticalSessionTimeout = 600;
      client.opticalSessionHoldOff = 300;
      if (client.mepDownResetDuration !== undefined) client.mepDownResetDuration = 1;
    }
    return encode(ET51, value, dimensions);
  };
  return [
    [BT07.number, zeros(procedureCall)],
    [responseTables.bt08, zeros(procedureResponse)],
    [responseTables.et59, zeros(procedureResponse)],
    ...(generation4 ? ([[responseTables.et85, zeros(procedureResponse)]] as const) : []),
    [ET11.number, () => encode(ET11, limits, dimensions)],
    [ET13.number, devices],
    [ET50.number, () => new Uint8Array(sizeOf(ET50, dimensions))],
    [ET51.number, clients],
    [ET52.number, noTransaction(transactionType.requests, limits.transactionRequestLength)],
    [ET53.number, noTransaction(transactionType.responses, limits.transactionResponseLength)],
    ...(tableExists(ET70, profile)
      ? ([[ET70.number, () => filled(ET70, dimensions, { commChannelIndex: 1 })]] as const)
      : []),
  ];
};
