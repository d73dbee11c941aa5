import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { toHex } from "@meterport/protocol/bytes";
import { UsageError } from "@meterport/protocol/errors";
import { parseProfile } from "@meterport/protocol/layout/index";
import { encodeRequest } from "@meterport/protocol/mep/frame/apdu";
import { Secret } from "@meterport/protocol/mep/security/key";
import { rc4Authentication } from "@meterport/protocol/mep/security/rc4/authentication";
import type { Millis } from "@meterport/protocol/ports";
import { VirtualMeter } from "../meter/virtual-meter.ts";
import type { LineCondition, LineScript } from "./condition.ts";
import { LineModel } from "./line-model.ts";

const key = new Uint8Array(16).fill(1);
const secondClientKey = new Secret(key);
const byteTime = 10_000 / 9600;
const openMeter = (): VirtualMeter =>
  new VirtualMeter({
    profile: parseProfile("meter:3.70"),
    keys: { basic: secondClientKey, advanced: new Secret(new Uint8Array(16).fill(2)) },
    scenario: "quiet",
    seed: 1,
    start: Date.UTC(2026, 0, 1),
    sequence: 1,
  });
/** A request of 22 bytes for `count` bytes of BT28; the reply has 13 more. */
const request = (sequence = 1, count = 220): Uint8Array =>
  rc4Authentication({ key, sequence }).seal(encodeRequest({ kind: "read-at", table: 28, offset: 0, count })).packet;
const reply = 13;

interface Heard {
  readonly at: Millis;
  readonly bytes: Uint8Array;
}
/** A line whose time is moved by hand. */
const openLine = (condition: LineCondition, script?: LineScript, meter = openMeter()) => {
  const line = new LineModel({ meter, condition, secondClientKey, ...(script === undefined ? {} : { script }) });
  line.plugIn();
  const heard: Heard[] = [];
  let now = 0;
  const take = (input: Uint8Array | "tick"): void => {
    for (const output of line.handle(input, now))
      if (output.type === "transmit") heard.push({ at: now, bytes: output.bytes });
  };
  const pass = (until: Millis): void => {
    for (let steps = 0; ; steps++) {
      const at = line.wakeAt();
      if (at === undefined || at > until) break;
      assert.ok(steps < 100_000, "the line is busy with nothing");
      now = Math.max(now, at);
      take("tick");
    }
    now = until;
  };
  const ask = (at: Millis, bytes = request()): void => {
    pass(at);
    take(bytes);
  };
  const total = (): number => heard.reduce((sum, { bytes }) => sum + bytes.length, 0);
  return { line, meter, heard, pass, ask, total, last: () => heard.at(-1)?.at ?? Number.NaN };
};
const close = (a: number, b: number): void => assert.ok(Math.abs(a - b) < 0.01, `${a} is not ${b}`);
const hex = (heard: readonly Heard[]): string => heard.map(({ bytes }) => toHex(bytes)).join("");

describe("speed", () => {
  test("has the time of each byte, of the gaps between them and of the bridge", () => {
    for (const [condition, time] of [
      [{}, (22 + 33) * byteTime],
      [{ baud: 19_200 }, ((22 + 33) * byteTime) / 2],
      [{ byteGap: 3 }, (22 + 33) * (byteTime + 3)],
      [{ latency: 40 }, (22 + 33) * byteTime + 80],
      [{ baud: Number.POSITIVE_INFINITY }, 0],
    ] as const) {
      const { ask, pass, last, total } = openLine(condition);
      ask(0, request(1, 20));
      pass(1000);
      assert.equal(total(), 20 + reply);
      close(last(), time);
    }
  });

  test("tears a request apart whose bytes come too slowly for the meter", () => {
    const { ask, pass, total } = openLine({ byteGap: 51 });
    ask(0);
    pass(5000);
    assert.equal(total(), 0);
  });

  test("has jitter up to its limit, and keeps the order", () => {
    const steady = openLine({});
    const shaken = openLine({ jitter: 30 });
    for (const { ask, pass } of [steady, shaken]) {
      ask(0);
      pass(2000);
    }
    assert.equal(hex(shaken.heard), hex(steady.heard));
    const late = shaken.last() - steady.last();
    assert.ok(late > 0 && late <= 60, `${late} ms`);
  });

  test("collects bytes in packets, of a size or for a time", () => {
    const sized = openLine({ packetBytes: 64, packetTime: 100 });
    const timed = openLine({ packetTime: 10 });
    for (const { ask, pass, total } of [sized, timed]) {
      ask(0);
      pass(2000);
      assert.equal(total(), 220 + reply);
    }
    assert.deepEqual(
      sized.heard.map(({ bytes }) => bytes.length),
      [64, 64, 64, 220 + reply - 3 * 64],
    );
    assert.ok(timed.heard.length > 20);
    // What is left at the end waits for its time.
    close(sized.last(), (22 + 3 * 64 + 1) * byteTime + 25 + 100);
  });

  test("garbles bytes at another speed, both ways", () => {
    const { ask, pass, heard, total, line } = openLine({ baud: 9600, meterBaud: 19_200 });
    ask(0);
    pass(1000);
    assert.equal(total(), 0, "the meter makes no sense of it");
    line.setBaud(19_200);
    ask(2000);
    pass(4000);
    assert.equal(total(), 220 + reply);
    line.setBaud(4800);
    ask(4000, request(2));
    pass(6000);
    line.setBaud(19_200);
    ask(6000, request(2));
    pass(8000);
    assert.equal(total(), 2 * (220 + reply));
    assert.equal(heard[0]?.bytes[0], 0);
  });
});

describe("what lasts", () => {
  test("cuts replies after a number of bytes, with a spread, also in a later segment", () => {
    const lengths = (condition: LineCondition): number[] => {
      const { ask, pass, total } = openLine(condition);
      const found: number[] = [];
      for (let i = 1; i <= 40; i++) {
        const before = total();
        ask(1000 * i, request(i));
        pass(1000 * i + 900);
        found.push(total() - before);
      }
      return found;
    };
    assert.deepEqual(new Set(lengths({ cut: 101 })), new Set([101]));
    assert.deepEqual(new Set(lengths({ cut: 150 })), new Set([150]));
    const spread = lengths({ cut: 101, cutSpread: 5 });
    assert.ok(spread.every((length) => Math.abs(length - 101) <= 5) && new Set(spread).size > 4, `${spread}`);
    const sometimes = lengths({ cut: 101, cutRate: 0.5 });
    const whole = sometimes.filter((length) => length === 220 + reply).length;
    assert.ok(whole > 5 && whole < 35, `${whole} of 40`);
  });

  test("echoes what the client sends, while it sends it", () => {
    const { ask, pass, heard } = openLine({ echo: 1 });
    ask(0, request(1, 20));
    pass(1000);
    assert.ok(hex(heard).startsWith(toHex(request(1, 20))));
    assert.equal(hex(heard).length / 2, 22 + 33);
    close(heard[1]?.at ?? 0, 22 * byteTime);
  });

  test("deaf: the meter gets no request, and its alerts arrive", () => {
    const { ask, pass, heard, meter } = openLine({ deaf: true, alerts: true });
    ask(0);
    pass(3500);
    assert.equal(hex(heard), "000000000000");
    assert.equal(meter.sequence, 1);
  });

  test("mute: the meter gets requests and cannot be heard", () => {
    const { ask, pass, total, meter } = openLine({ mute: true });
    ask(0);
    pass(3000);
    assert.equal(total(), 0);
    assert.equal(meter.sequence, 2);
  });

  test("stuck: silence, or one byte forever at the line's speed", () => {
    const silent = openLine({ stuck: "silent" });
    const stuck = openLine({ stuck: 0xff });
    for (const { ask, pass } of [silent, stuck]) {
      ask(0);
      pass(1000);
    }
    assert.equal(silent.total(), 0);
    assert.ok(Math.abs(stuck.total() - 960) < 40, `${stuck.total()} bytes in a second`);
    assert.ok(stuck.heard.every(({ bytes }) => bytes.every((byte) => byte === 0xff)));
    assert.equal(stuck.meter.sequence, 1);
  });

  test("noise on the idle line", () => {
    const { pass, heard } = openLine({ noiseEvery: 500 });
    pass(100_000);
    const bursts = new Set(heard.map(({ at }) => Math.round(at / 100))).size;
    assert.ok(bursts > 100 && bursts < 320, `${bursts} bursts`);
  });

  test("a second client asks with numbers of its own, and both clients hear everything", () => {
    const { pass, ask, heard, meter, total } = openLine({ secondClient: 2000 });
    pass(20_000);
    const served = meter.sequence;
    assert.notEqual(served, 1);
    assert.ok(total() > 5 * (220 + reply), `${total()} bytes`);
    const before = heard.length;
    // Ours is refused: the numbers are the other's now.
    ask(20_001, request(served + 100, 20));
    pass(21_900);
    const words = hex(heard.slice(before));
    assert.ok(words.includes("000d0c"), words);
  });
});

describe("a script", () => {
  const answered = (script: LineScript, times: readonly number[], condition: LineCondition = {}): boolean[] => {
    const { ask, pass, total, meter } = openLine(condition, script);
    return times.map((time) => {
      pass(time);
      const before = total();
      ask(time, request(meter.sequence, 20));
      pass(time + 900);
      return total() - before === 20 + reply;
    });
  };

  test("changes the condition at its times, and comes back to the first", () => {
    const steps = [
      { at: 5000, condition: { stuck: "silent" } },
      { at: 10_000, condition: {} },
      { at: 15_000, condition: { optical: true } },
      { at: 20_000, condition: {} },
    ] as const;
    assert.deepEqual(answered({ steps }, [4000, 5000, 9000, 10_000, 15_000, 19_000, 20_000]), [
      true,
      false,
      false,
      true,
      false,
      false,
      true,
    ]);
  });

  test("repeats", () => {
    const script = { steps: [{ at: 1000, condition: { mute: true } }], repeat: 2000 };
    assert.deepEqual(answered(script, [0, 1001, 2000, 3001, 4000, 11_001]), [true, false, true, false, true, false]);
  });

  test("keeps what a step does not mention", () => {
    const script = { steps: [{ at: 1000, condition: { latency: 5 } }] };
    assert.deepEqual(answered(script, [0, 2000], { mute: true }), [false, false]);
  });

  test("restarts the meter: silent for as long as it takes, and what was under way is lost", () => {
    const script = { steps: [{ at: 1030, condition: { reboot: 3000 } }] };
    const { ask, pass, total, last } = openLine({}, script);
    ask(1000, request(1));
    pass(3900);
    assert.ok(total() < 220 + reply);
    const before = total();
    ask(4100, request(2, 20));
    pass(5000);
    assert.equal(total() - before, 20 + reply);
    assert.ok(last() > 4100);
  });

  test("can be stepped in by hand", () => {
    const { line, ask, pass, total } = openLine({});
    let woken = 0;
    const unwatch = line.watch(() => {
      woken++;
    });
    line.become({ mute: true });
    assert.equal(woken, 1);
    unwatch();
    ask(10);
    pass(1000);
    assert.equal(total(), 0);
    assert.deepEqual(line.condition, { mute: true });
  });
});

describe("any line", () => {
  test("has the same faults for the same seed", () => {
    const run = (seed: number): string => {
      const rates = { loss: 0.1, byteLoss: 0.1, noise: 0.1, cut: 60, cutRate: 0.2, jitter: 10, noiseEvery: 900 };
      const line = new LineModel({ meter: openMeter(), condition: rates, seed });
      line.plugIn();
      let text = "";
      for (let now = 0; now < 20_000; now += 5) {
        const input = now % 500 === 0 ? request(1 + now / 500, 40) : "tick";
        for (const output of line.handle(input, now))
          if (output.type === "transmit") text += `${now} ${toHex(output.bytes)} `;
      }
      return text;
    };
    assert.equal(run(7), run(7));
    assert.notEqual(run(7), run(8));
  });

  test("holds a bounded number of bytes, however much a client sends", () => {
    const { line, ask, pass, meter } = openLine({ baud: 300 });
    for (let i = 0; i < 5000; i++) ask(0, new Uint8Array(476).fill(0xff));
    assert.ok((line.wakeAt() ?? 0) > 0);
    // 64 KiB at 300 baud are over in 37 minutes.
    pass(40 * 60_000);
    ask(40 * 60_000 + 1);
    pass(41 * 60_000);
    assert.equal(meter.sequence, 2);
  });

  test("is refused if it is impossible", () => {
    const refused = (condition: unknown, message: RegExp, script?: unknown): void => {
      assert.throws(
        () => openLine(condition as LineCondition, script as LineScript),
        (error: Error) => error instanceof UsageError && message.test(error.message),
      );
    };
    refused({ loss: 1.5 }, /loss must be a probability from 0 to 1, not 1.5/);
    refused({ baud: 0 }, /baud must be a number of bits per second above 0, not 0/);
    refused({ stuck: 256 }, /stuck must be "silent" or a byte/);
    refused({ lost: 1 }, /no setting "lost"/);
    refused({ noiseEvery: 0 }, /not 0/);
    refused({ toClient: { cut: 1 } }, /toClient.cut/);
    refused({}, /repeats after 50 ms/, { steps: [], repeat: 50 });
    refused({}, /step 2 of the script/, {
      steps: [
        { at: 10, condition: {} },
        { at: 5, condition: {} },
      ],
    });
    assert.throws(() => new LineModel({ meter: openMeter(), condition: { secondClient: 500 } }), /needs a key/);
  });
});
