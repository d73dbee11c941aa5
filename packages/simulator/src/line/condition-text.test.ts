import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { UsageError } from "@meterport/protocol/errors";
import fc from "fast-check";
import { parseLineCondition, parseLineScript } from "./condition-text.ts";

const refused = (parse: () => unknown, message: RegExp): void => {
  assert.throws(parse, (error: Error) => error instanceof UsageError && message.test(error.message));
};

describe("a condition as text", () => {
  test("gives the condition that it describes", () => {
    assert.deepEqual(
      parseLineCondition(
        "baud=9600, latency=40ms,jitter=0.02s,loss=0.01,noise=1%,cut=101,cut-spread=5,echo,deaf,stuck",
      ),
      {
        baud: 9600,
        latency: 40,
        jitter: 20,
        loss: 0.01,
        noise: 0.01,
        cut: 101,
        cutSpread: 5,
        echo: 1,
        deaf: true,
        stuck: "silent",
      },
    );
    assert.deepEqual(parseLineCondition("stuck=0xff,to-meter.flip=2%,toMeter.loss"), {
      stuck: 255,
      toMeter: { flip: 0.02, loss: 1 },
    });
    assert.deepEqual(parseLineCondition(""), {});
  });

  test("is refused with the name of the wrong setting", () => {
    refused(
      () => parseLineCondition("lose=1"),
      /no setting "lose"; known: baud, meter-baud, .*short-frame, .*to-client/,
    );
    refused(() => parseLineCondition("constructor=1"), /no setting "constructor"/);
    refused(() => parseLineCondition("latency=40"), /latency must be a length of time like 40ms or 2s, not "40"/);
    refused(() => parseLineCondition("latency"), /latency needs a value/);
    refused(() => parseLineCondition("loss=2"), /loss must be a probability from 0 to 1, not 2/);
    refused(() => parseLineCondition("deaf=3"), /deaf must be written without a value/);
    refused(() => parseLineCondition("to-client=1"), /one direction/);
    refused(() => parseLineCondition("to-client.cut=1"), /toClient has no setting "cut"/);
    refused(() => parseLineCondition("loss.flip=1"), /no setting "loss.flip"/);
  });

  test("of any kind gives a condition or a UsageError", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (text) => {
        for (const parse of [parseLineCondition, parseLineScript])
          try {
            parse(text);
          } catch (error) {
            assert.ok(error instanceof UsageError, String(error));
          }
      }),
    );
    fc.assert(
      fc.property(fc.json(), (text) => {
        try {
          parseLineScript(text);
        } catch (error) {
          assert.ok(error instanceof UsageError, String(error));
        }
      }),
    );
  });
});

describe("a script as JSON", () => {
  test("is a list of steps, or an object with them", () => {
    const steps = [
      { at: 0, condition: {} },
      { at: 10_000, condition: { mute: true, latency: 40, toClient: { loss: 0.5 } } },
      { at: 60_000, condition: { stuck: 0, loss: 0.01 } },
    ];
    const text = JSON.stringify([
      { at: 0 },
      { at: "10s", condition: { mute: true, latency: "40ms", toClient: { loss: 0.5 } } },
      { at: "1min", condition: "stuck=0,loss=1%" },
    ]);
    assert.deepEqual(parseLineScript(text), { steps });
    assert.deepEqual(parseLineScript(`{"repeat":"2min","steps":${text}}`), { steps, repeat: 120_000 });
  });

  test("is refused with the place of the mistake", () => {
    refused(() => parseLineScript("{"), /not JSON/);
    refused(() => parseLineScript("3"), /a list of steps/);
    refused(() => parseLineScript('{"steps":[],"again":1}'), /no "again"/);
    refused(() => parseLineScript('[{"at":"1s"},{"condition":"deaf"}]'), /step 2 .* not an object/);
    refused(() => parseLineScript('[{"at":"1s","then":"deaf"}]'), /step 1 .* "then"/);
    refused(() => parseLineScript('[{"at":"soon"}]'), /step 1 .*at must be a length of time/);
    refused(() => parseLineScript('[{"at":"2s"},{"at":"1s"}]'), /step 2 .* not after/);
    refused(() => parseLineScript('[{"at":"1s","condition":{"deaf":1}}]'), /deaf must be true or false, not 1/);
    refused(() => parseLineScript('[{"at":1e99}]'), /step 1/);
  });
});
