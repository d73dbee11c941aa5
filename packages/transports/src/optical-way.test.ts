import assert from "node:assert/strict";
import { it } from "node:test";
import { UsageError } from "@meterport/protocol/errors";
import { parseMeterLink } from "./link-url.ts";
import { wayOf } from "./optical-way.ts";

it("optical links are another port at the end of a known way", () => {
  const ways: readonly (readonly [string, string])[] = [
    ["optical:///dev/ttyUSB0", "serial:///dev/ttyUSB0"],
    ["OPTICAL:///dev/ttyUSB0?baud=19200&delay=1s", "serial:///dev/ttyUSB0?baud=19200&delay=1s"],
    ["optical+tcp://bridge:4059", "tcp://bridge:4059"],
    ["optical+rfc2217://bridge:4059?baud=9600", "rfc2217://bridge:4059?baud=9600"],
    [" optical+usb://0403:6001 ", "usb://0403:6001"],
  ];
  for (const [text, link] of ways) {
    assert.deepEqual(wayOf(text), { optical: true, link });
    assert.doesNotThrow(() => parseMeterLink(link));
  }
});

it("other links stay as they are, and an optical one is none for the MEP port", () => {
  for (const link of ["/dev/ttyUSB0", "tcp://optical:4059", "opticals://x", "optical"])
    assert.deepEqual(wayOf(link), { optical: false, link });
  for (const link of ["optical:///dev/ttyUSB0", "optical+tcp://bridge:4059"])
    assert.throws(
      () => parseMeterLink(link),
      (error) => error instanceof UsageError && /optical port/.test(error.message),
    );
});

it("what stands behind optical must be a link", () => {
  for (const text of [
    "optical://bridge:4059",
    "optical+nothing://x",
    "optical+tcp://bridge",
    "optical:/dev/ttyUSB0",
    "optical+optical:///dev/ttyUSB0",
  ]) {
    const { optical, link } = wayOf(text);
    assert.ok(optical, text);
    assert.throws(() => parseMeterLink(link), UsageError, text);
  }
});
