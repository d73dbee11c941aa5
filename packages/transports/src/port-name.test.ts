import assert from "node:assert/strict";
import { test } from "node:test";
import { portName } from "./port-name.ts";

test("a port has one name, however its link is spelled, and two ports have two", () => {
  const same = (...links: string[]): string => {
    const names = new Set(links.map(portName));
    assert.equal(names.size, 1, [...names].join());
    return [...names].join();
  };
  const device = same("/dev/ttyUSB0", "serial:///dev/ttyUSB0", "serial:///dev/ttyUSB0?baud=19200", "/dev/ttyUSB0 ");
  const bridge = same("tcp://Bridge:4001", "tcp://bridge:4001/?delay=1s&gap=1s", "rfc2217://bridge:4001?baud=300");
  const adapter = same("usb://0403:EA60:A1", "USB://0403:ea60:A1/?enable=rts&baud=300");
  const topic = same("mqtt://Broker/attic", "mqtt://broker:1883/attic/?qos=1", "mqtt://broker?tx=attic/tx&rx=up");
  assert.notEqual(topic, portName("mqtt://broker/cellar"));
  assert.equal(
    new Set([device, adapter, bridge, portName("tcp://bridge:4002"), portName("unix:///run/bridge")]).size,
    5,
  );
  assert.throws(() => portName("ftp://bridge:21"), { code: "link" });
});
