/** Packets of real meters, through each layer of the optical port: their bytes prove ours from outside. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { concat, fromHex, toHex } from "../bytes.ts";
import { decode } from "../layout/index.ts";
import { parseProfile } from "../layout/profile.ts";
import { encodeRequest } from "../mep/frame/apdu.ts";
import { BT28, defaultDimensions } from "../tables/index.ts";
import { Channel, type ChannelOutput, wantedLimits } from "./channel.ts";
import { Assembly } from "./message.ts";
import {
  bt00Answer,
  bt00Stated,
  bt28Answer,
  bt28Stated,
  type CapturedPacket,
  identificationAnswer,
  logonRequest,
  negotiateRequest,
  securityRequest,
  terminateAnswer,
} from "./optical-captures.vectors.ts";
import { OpticalLink } from "./optical-link.ts";
import { encodePacket, type Packet, PacketReader } from "./packet.ts";
import { decodeIdentified, decodeService, encodeService, type ServiceRequest } from "./services.ts";
import { checksum, tableResponse } from "./table-service.ts";
import { defaultChannelTiming } from "./timing.ts";

const bytes = (hex: string): Uint8Array => fromHex(hex) as Uint8Array;
const ascii = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** The one packet that these bytes are; its CRC is checked by the way. */
const packetOf = ({ id, hex }: CapturedPacket): Packet => {
  const [event, ...more] = new PacketReader(64).push(bytes(hex));
  assert.equal(more.length, 0, id);
  assert.ok(event?.type === "packet", `${id}: ${event?.type}`);
  return event.packet;
};
const single = { multi: false, first: false, toggle: false, sequence: 0 };

describe("captured packets of the optical port", () => {
  test("have a CRC that fits, and are built again byte for byte", () => {
    const all = [identificationAnswer, terminateAnswer, ...bt00Answer, bt28Answer];
    for (const each of [...all, securityRequest, logonRequest, negotiateRequest])
      assert.equal(toHex(encodePacket(packetOf(each))), each.hex, each.id);
  });

  test("name the protocol: standard 0, version 2, revision 0 (oc-1)", () => {
    const { data, ...header } = packetOf(identificationAnswer);
    assert.deepEqual(header, single);
    assert.deepEqual(decodeIdentified(data), { standard: 0, version: 2, revision: 0, features: new Uint8Array() });
  });

  test("end a session with ok (oc-2)", () => {
    assert.deepEqual(packetOf(terminateAnswer), { ...single, data: Uint8Array.of(0) });
  });

  test("bring BT00 in two packets: 0xC0 is the first of several, 0xA0 has the toggle bit, the sequence ends at 0 (oc-3)", () => {
    const [first, second] = bt00Answer.map(packetOf);
    assert.ok(first !== undefined && second !== undefined);
    assert.deepEqual(
      { ...first, data: first.data.length },
      { multi: true, first: true, toggle: false, sequence: 1, data: 56 },
    );
    assert.deepEqual(
      { ...second, data: second.data.length },
      { multi: true, first: false, toggle: true, sequence: 0, data: 27 },
    );
    const assembly = new Assembly(512);
    assert.equal(assembly.add(first), "more");
    const message = assembly.add(second) as Uint8Array;
    const apdu = tableResponse(message, "read") as Uint8Array;
    assert.equal(message.at(-1), bt00Stated.checksum);
    assert.equal(((apdu[1] as number) << 8) | (apdu[2] as number), bt00Stated.count);
    const table = apdu.subarray(3);
    assert.equal(table.length, bt00Stated.count);
    assert.equal(String.fromCharCode(...table.subarray(3, 7)), bt00Stated.manufacturer);
    assert.equal(19 + bt00Stated.sets.reduce((sum, size) => sum + size, 0), bt00Stated.count);
    assert.deepEqual([...table.subarray(13, 17)], bt00Stated.sets.slice(0, 4));
  });

  test("are acknowledged one by one, and handed on as one message", () => {
    const channel = new Channel(wantedLimits, defaultChannelTiming);
    const out: ChannelOutput[] = [];
    for (const { hex } of bt00Answer) channel.receive(bytes(hex), 0, out);
    assert.deepEqual(
      out.map((output) => (output.type === "transmit" ? toHex(output.bytes) : output.type)),
      ["06", "progress", "06", "message"],
    );
  });

  test("answer our read of BT00", () => {
    const link = new OpticalLink();
    let response: Uint8Array | undefined;
    let toggle = true;
    /** The answers to what the link says, in a session as real meters keep it. */
    const answers = new Map<number, (hex: string) => Uint8Array[]>([
      [0x20, () => [bytes(identificationAnswer.hex)]],
      [0x60, () => [answer("0000400206")]],
      [0x50, () => [answer("00")]],
      [0x30, () => bt00Answer.map(({ hex }) => bytes(hex))],
    ]);
    const answer = (hex: string): Uint8Array => {
      const packet = encodePacket({ ...single, toggle, data: bytes(hex) });
      toggle = !toggle;
      return packet;
    };
    const take = (outputs: ReturnType<OpticalLink["handle"]>): void => {
      for (const output of outputs) {
        if (output.type === "response") response = output.apdu;
        if (output.type !== "transmit" || output.bytes.length < 2) continue;
        const said = answers.get(output.bytes[6] as number)?.("") ?? [];
        for (const bytes of [Uint8Array.of(6), ...said]) take(link.handle({ type: "received", bytes }, 0));
      }
    };
    take(link.handle({ type: "request", id: 1, apdu: encodeRequest({ kind: "read", table: 0, count: 79 }) }, 0));
    assert.equal(toHex(response ?? new Uint8Array()).slice(0, 20), "00004f022a88454c4f4e");
    assert.equal(response?.length, 3 + bt00Stated.count);
  });

  test("bring 40 bytes of BT28 with the values that their author states (oc-4)", () => {
    const { data } = packetOf(bt28Answer);
    assert.equal(data.length, 44);
    assert.deepEqual([data[0], data.at(-1)], [bt28Stated.code, checksum(data.subarray(3, -1))]);
    const table = (tableResponse(data, "read") as Uint8Array).subarray(3);
    const dimensions = defaultDimensions(parseProfile("meter:3.70"));
    const { BT21 } = dimensions;
    const { presentValues } = decode(BT28, table, {
      ...dimensions,
      BT21: { ...BT21, presentDemands: 0, presentValues: 10 },
    });
    const { powerImport, powerExport, reactiveImport, reactiveExport, currents, voltages } = bt28Stated;
    const thousandths = [...currents, ...voltages].map((value) => Math.round(1000 * value));
    assert.deepEqual(presentValues, [powerImport, powerExport, reactiveImport, reactiveExport, ...thousandths]);
  });

  const requests: readonly (readonly [CapturedPacket, ServiceRequest])[] = [
    [securityRequest, { kind: "security", password: ascii("0123456789abcdefghij") }],
    [logonRequest, { kind: "logon", userId: 1, user: "0000" }],
    [negotiateRequest, { kind: "negotiate", packetSize: 64, packets: 2, bauds: [6] }],
  ];
  for (const [captured, request] of requests)
    test(`are what we send for the same ${request.kind} (${captured.id})`, () => {
      assert.equal(toHex(encodePacket({ ...single, data: encodeService(request) })), captured.hex);
      assert.deepEqual(decodeService(packetOf(captured).data), request);
    });

  test("have room for more than one of them in a row", () => {
    const stream = concat(bytes(identificationAnswer.hex), Uint8Array.of(6), bytes(terminateAnswer.hex));
    assert.deepEqual(
      new PacketReader(64).push(stream).map(({ type }) => type),
      ["packet", "acknowledged", "packet"],
    );
  });
});
