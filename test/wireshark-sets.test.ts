/** The dissector in tshark on BT00 of a real meter: its six sets as numbers, also where the answer is cut. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { pcapOf } from "@meterport/protocol/capture/pcap/pcap-writer";
import { capturedBt00 } from "@meterport/protocol/tables/basic/bt00.vectors";
import { runCli } from "../packages/cli/src/testing/run-cli.ts";
import { peer } from "./support/peers.ts";
import { captureOf, frame } from "./support/shaped-captures.ts";
import { shownMessages, tshark } from "./support/tshark.ts";

const { path, skip } = peer("tshark");
const sealed = "77635b91 0102030405060708";
const digest = "1112131415161718";

const answered = (bytes: number) =>
  [
    ["tx", frame(`30 0000 0200 ${sealed}`)],
    ["rx", frame(`00 00${bytes.toString(16)} ${capturedBt00.data.slice(0, 2 * bytes)} ${digest}`)],
  ] as const;

test("the dissector names the sets of BT00, whole and cut anywhere", { skip }, async () => {
  const { out: dissector } = await runCli(["wireshark"]);
  const capture = captureOf(...[79, 19, 33, 42].flatMap(answered));
  const { out, complaints } = await tshark(path, dissector, [...pcapOf(capture)], "-T", "pdml");
  assert.equal(complaints, "");
  assert.doesNotMatch(out, /Lua Error|mep.unknown/);
  const sets = shownMessages(out).map(({ fields }) =>
    fields.filter(({ name }) => /(Tables|Procedures)(Used|Writable)$/.test(name)).map(({ show }) => show),
  );
  const basic = "0-8, 10, 12, 13, 15, 16, 20-28, 30, 33, 40, 42-44, 50, 52-55, 60-67, 70-74";
  const extended = "0-23, 27-62, 66-75, 77-81, 90, 97";
  assert.deepEqual(sets[1], [
    basic,
    extended,
    "4-6, 10, 12-15",
    "0-37, 39, 41-49, 51-54, 56-60",
    "1, 2, 5-7, 15, 23, 24, 33, 42, 53, 54, 73",
    "0-7, 9, 10, 13-15, 17, 18, 22, 23, 27-29, 33-35, 40, 43, 47, 50-53, 55-57, 60-62, 67-69, 71-73, 77, 78, 80, 89, 97",
  ]);
  assert.deepEqual([sets[3], sets[5], sets[7]], [[], [basic, "0-23, 27-31"], [basic, extended]]);
});
