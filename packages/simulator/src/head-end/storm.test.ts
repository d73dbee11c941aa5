/** Anything in any order: clients that lie, repeat, come too late and vanish, and a head-end that asks on. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { PostMessage } from "@meterport/protocol/procedures/post-messages";
import { seeded } from "../random.ts";
import { openMeter } from "../testing/conversation.ts";
import { MepClient, table } from "../testing/mep-client.ts";
import { HeadEnd } from "./head-end.ts";
import { type GridRequest, requestType } from "./received.ts";

const second = 1000;
const steps = 150;
const meter4 = { family: "meter", firmware: [4, 30] } as const;

const storm = (seed: number) => {
  const random = seeded(seed);
  const pick = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)] as T;
  const meter = openMeter({ profile: meter4, children: "four", seed });
  const ends = new Map<number, number>();
  const handles = new Map<number, number>();
  const headEnd = new HeadEnd({
    meter,
    tell: (event) => {
      if (event.type === "posted") handles.set(event.request.id, event.request.handle ?? 0);
      if (event.type === "ended") ends.set(event.request.id, (ends.get(event.request.id) ?? 0) + 1);
    },
  });
  const clients = [new MepClient(meter), new MepClient(meter, { port: 2 })] as const;
  /** Payloads that a client sent for a transaction of its own: nothing else may arrive. */
  const sent = new Map<string, number>();
  let stamp = 0;

  const post = (client: MepClient): void => {
    const oldest = client.oldest;
    const data = Uint8Array.of(client.slot, ++stamp & 0xff, stamp >> 8);
    const lies = random() < 0.3;
    const handle = lies ? pick([0, 1, 999, 1000, 1001, 2000, 0xffff]) : (oldest?.handle ?? 0);
    const transaction = lies ? pick([0, 0xff00, 0xff01, 0x0400]) : (oldest?.transaction ?? 0);
    const message: PostMessage = pick([
      { kind: "on-demand", transaction, handle, success: random() < 0.8, data },
      { kind: "scheduled-read", data },
      { kind: "scheduled-read-and-alarms", data, alarms: Math.floor(random() * 0x10000) },
      { kind: "clear-mbus-alert" },
      { kind: "clear-delta-alert" },
    ] as const);
    const before = headEnd.received.length;
    const result = client.post(message);
    assert.ok([0, 2, 3].includes(result), `seed ${seed}: EP39 gave ${result}`);
    if (result !== 0) assert.equal(headEnd.received.length, before, `seed ${seed}: a refused post arrived`);
    if ("data" in message && result === 0) sent.set(`${client.slot} ${stamp}`, client.handle);
  };
  const actions: readonly (() => void)[] = [
    ...[1, 2, 3].map(() => () => post(pick(clients))),
    () => pick(clients).register(Math.floor(random() * 3), pick([3, 7, 15])),
    () => void pick(clients).line.writeAt(table.ET50, pick([30, 30 + 71]), [pick([0, 1, 15])]),
    () => void headEnd.ask({ device: pick([4, 5]), type: requestType.read }),
    () =>
      void headEnd.ask({
        device: pick([0, 1, 2, 3, 4, 5]),
        type: requestType.write,
        data: Uint8Array.of(1, 0xfd, 0x1a),
      }),
    () => void headEnd.multicast(Uint8Array.of(0x53, 0x51, 0x01, 0xfd, 0x1a, pick([0, 1]))),
    () => headEnd.readNow(pick([4, 5])),
    () => headEnd.mbusChanged(),
    () => pick(clients).line.listen(Math.max(clients[0].line.now, clients[1].line.now) + pick([1, 7, 40]) * second),
    () => void (random() < 0.3 && headEnd.remove(pick([0, 4, 5]))),
    () => void (random() < 0.2 && headEnd.failPower(pick([1, 5]) * second)),
    () =>
      void pick(clients).call(
        0x0827,
        Uint8Array.from({ length: Math.floor(random() * 20) }, () => random() * 256),
      ),
    () => void pick(clients).call(0x0811, Uint8Array.of(0, pick([0xe8, 0xd0, 1]), pick([3, 7, 0]))),
    () =>
      void pick(clients).call(
        0x0813,
        Uint8Array.of(0, 4, pick([1, 0xe8]), pick([0, 3]), pick([2, 4, 6, 9, 10, 77]), 1, 1),
      ),
  ];
  for (let step = 0; step < steps; step++) {
    if (meter.dark) {
      const power = Math.max(clients[0].line.now, clients[1].line.now) + 10 * second;
      for (const { line } of clients) line.listen(power);
    }
    // Both live at the same time: the one that is late catches up.
    const now = Math.max(clients[0].line.now, clients[1].line.now);
    for (const { line } of clients) line.now = now;
    pick(actions)();
    const bytes = meter.memory.read(table.ET15, 0, 1)?.[0] ?? 0xff;
    assert.ok((bytes & 15) < 5 && bytes >> 4 < 5, `seed ${seed}: pointers ${bytes.toString(16)} in step ${step}`);
  }
  // Nobody answers any more: whatever is open expires, one after the other.
  const over = Math.max(clients[0].line.now, clients[1].line.now) + 31 * (headEnd.requests.length + 5) * second;
  for (const { line } of clients) line.listen(over);
  return { headEnd, ends, handles, sent };
};

describe("a storm of requests and answers", () => {
  for (const seed of Array.from({ length: 30 }, (_, i) => i + 1))
    test(`ends each request once and keeps devices apart (seed ${seed})`, () => {
      const { headEnd, ends, handles, sent } = storm(seed);
      const ended: readonly GridRequest["outcome"][] = ["answered", "failed", "expired"];
      for (const { id, outcome } of headEnd.requests) {
        assert.ok(ended.includes(outcome), `request ${id} is ${outcome}`);
        assert.equal(ends.get(id), 1, `request ${id}`);
      }
      const answered = headEnd.requests.filter(({ outcome, device }) => outcome === "answered" && (device ?? 0) >= 4);
      for (const { id, device, answer } of answered) {
        const range = device === 4 ? 1 : 2;
        assert.equal(Math.floor((handles.get(id) ?? 0) / 1000), range, `request ${id} is of another client`);
        if (answer !== undefined && answer.length > 0)
          assert.equal(answer[0], device, `request ${id} has another's answer`);
      }
      const seen = new Set<string>();
      for (const { device, data, handle } of headEnd.received.filter(({ device }) => device >= 4)) {
        const [slot = 0, low = 0, high = 0] = data;
        if (data.length !== 3) continue;
        const name = `${slot} ${low + 256 * high}`;
        assert.equal(slot, device);
        assert.equal(sent.get(name), handle, `${name} was never sent by ${handle}`);
        assert.ok(!seen.has(name), `${name} came twice`);
        seen.add(name);
      }
    });
});
