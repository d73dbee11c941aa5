import assert from "node:assert/strict";
import { test } from "node:test";
import { UsageError } from "@meterport/protocol/errors";
import { parseMeterLink } from "./link-url.ts";
import { portLinkOf } from "./port-link.ts";

test("an optical link is another port at the end of a known link", () => {
  const ways: readonly (readonly [string, string])[] = [
    ["optical:///dev/ttyUSB0", "serial:///dev/ttyUSB0?lines=head"],
    ["OPTICAL:///dev/ttyUSB0?baud=19200&delay=1s", "serial:///dev/ttyUSB0?baud=19200&delay=1s&lines=head"],
    ["optical+tcp://bridge:4059", "tcp://bridge:4059"],
    ["optical+rfc2217://bridge:4059?baud=9600", "rfc2217://bridge:4059?baud=9600&lines=head"],
    [" optical+usb://0403:6001 ", "usb://0403:6001?lines=head"],
    ["optical:///dev/ttyUSB0?lines=head&rts=off", "serial:///dev/ttyUSB0?lines=head&rts=off"],
  ];
  for (const [text, link] of ways) {
    assert.deepEqual(portLinkOf(text), { optical: true, link });
    assert.doesNotThrow(() => parseMeterLink(link));
  }
});

test("the fastest speed is removed from a link whose speed can be changed", () => {
  const ways: readonly (readonly [string, string, number])[] = [
    ["optical:///dev/ttyUSB0?fast=off", "serial:///dev/ttyUSB0?lines=head", 0],
    [
      "optical:///dev/ttyUSB0?baud=9600&fast=57600&delay=1s",
      "serial:///dev/ttyUSB0?baud=9600&delay=1s&lines=head",
      57_600,
    ],
    ["optical+rfc2217://bridge:4059?fast=19200", "rfc2217://bridge:4059?lines=head", 19_200],
    ["optical+usb://0403:6001/?fast=28800", "usb://0403:6001/?lines=head", 28_800],
  ];
  for (const [text, link, fastest] of ways) {
    assert.deepEqual(portLinkOf(text), { optical: true, link, fastest });
    assert.doesNotThrow(() => parseMeterLink(link));
  }
  for (const setting of ["fast", "fast=", "fast=9601", "fast=115200", "fast=on", "fast=off&fast=off"])
    assert.throws(
      () => portLinkOf(`optical:///dev/ttyUSB0?${setting}`),
      (error) => error instanceof UsageError && error.message.includes("fast"),
      setting,
    );
  const { link } = portLinkOf("optical+tcp://bridge:4059?fast=19200");
  assert.throws(() => parseMeterLink(link), /unknown setting "fast"/);
  assert.throws(() => parseMeterLink("serial:///dev/ttyUSB0?fast=19200"), /unknown setting "fast"/);
});

test("a wake-up is removed from any kind of link", () => {
  assert.deepEqual(portLinkOf("optical+tcp://bridge:4059?delay=1s&wake=4"), {
    optical: true,
    link: "tcp://bridge:4059?delay=1s",
    wake: 4,
  });
  assert.deepEqual(portLinkOf("optical:///dev/ttyUSB0?wake=0&fast=off"), {
    optical: true,
    link: "serial:///dev/ttyUSB0?lines=head",
    fastest: 0,
    wake: 0,
  });
  for (const setting of ["wake", "wake=", "wake=33", "wake=-1", "wake=4ms", "wake=4&wake=4"])
    assert.throws(
      () => portLinkOf(`optical+tcp://bridge:4059?${setting}`),
      (error) => error instanceof UsageError && error.message.includes("wake"),
      setting,
    );
  assert.throws(() => parseMeterLink("tcp://bridge:4059?wake=4"), /unknown setting "wake"/);
});

test("other links stay unchanged, and an optical one does not lead to the MEP port", () => {
  for (const link of ["/dev/ttyUSB0", "tcp://optical:4059", "opticals://x", "optical"])
    assert.deepEqual(portLinkOf(link), { optical: false, link });
  for (const link of ["optical:///dev/ttyUSB0", "optical+tcp://bridge:4059"])
    assert.throws(
      () => parseMeterLink(link),
      (error) => error instanceof UsageError && /optical port/.test(error.message),
    );
});

test("what follows optical must be a link", () => {
  for (const text of [
    "optical://bridge:4059",
    "optical+nothing://x",
    "optical+tcp://bridge",
    "optical:/dev/ttyUSB0",
    "optical+optical:///dev/ttyUSB0",
  ]) {
    const { optical, link } = portLinkOf(text);
    assert.ok(optical, text);
    assert.throws(() => parseMeterLink(link), UsageError, text);
  }
});
