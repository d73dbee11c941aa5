import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { decode } from "@meterport/protocol/layout/index";
import { EP19, encodeCall, onDemandRequest } from "@meterport/protocol/procedures/index";
import { BT07, BT08, ET15 } from "@meterport/protocol/tables/index";
import { basicKey, Conversation, openMeter } from "../testing/conversation.ts";

const gasMeter = 1;
const client = 1016;

describe("EP19", () => {
  const open = (key?: Uint8Array) => {
    const meter = openMeter();
    // A MEP client in slot 4.
    meter.memory.patch(0x080e, 6 + 4 * 36, Uint8Array.of(client & 0xff, client >> 8, 3));
    const conversation = new Conversation(meter, key === undefined ? {} : { key });
    let sequence = 5;
    return {
      call: (requestType: number, deviceHandle: number): readonly number[] => {
        const request = { transactionNumber: 0x0400, deviceHandle, requestType };
        const data = encodeCall(EP19, request, sequence++, meter.dimensions);
        assert.equal(conversation.ask({ kind: "write", table: BT07.number, data }).kind, "done");
        const { result, data: posted } = decode(BT08, conversation.read(BT08.number), {});
        return [result, posted[0] ?? -1];
      },
      queue: () => decode(ET15, conversation.read(ET15.number), meter.dimensions),
    };
  };

  test("answers for an M-Bus device at once, and waits for a MEP client until the queue is full", () => {
    const { call, queue } = open();
    assert.deepEqual(call(onDemandRequest.billingRead, gasMeter), [0, 0]);
    assert.deepEqual(call(onDemandRequest.billingRead, client), [0, 1]);
    const entry = { transactionNbr: 0x0400, deviceHandleOrGroupMask: gasMeter, requestType: 2, result: 1 };
    assert.deepEqual(queue().requestQueue[0], entry);
    assert.deepEqual(queue().requestQueue[1], { ...entry, deviceHandleOrGroupMask: client, result: 0 });
    assert.deepEqual([queue().readPointer, queue().writePointer], [1, 2]);
    for (let i = 2; i < 6; i++) assert.deepEqual(call(onDemandRequest.billingRead, client), [0, i % 5]);
    assert.equal(call(onDemandRequest.billingRead, client)[0], 7);
  });

  test("says what is wrong with a request", () => {
    const { call } = open();
    assert.equal(call(7, gasMeter)[0], 2);
    assert.equal(call(onDemandRequest.statusRead, 77)[0], 3);
    assert.equal(open(basicKey).call(onDemandRequest.statusRead, gasMeter)[0], 5);
  });
});
