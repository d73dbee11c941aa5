import assert from "node:assert/strict";
import { test } from "node:test";
import { EMPTY_LINK, isOptical, type LinkFields, linkFaults, linkOf, pastedHost } from "./link-form.ts";

const link = (fields: Partial<LinkFields>) => linkOf({ ...EMPTY_LINK, ...fields });
const bridge = { kind: "bridge", host: "192.168.1.20", tcpPort: "4059" } as const;

test("the fields make a link as the configuration has it", () => {
  assert.equal(link({ kind: "serial", port: "usb://0403:6001:A50285BI" }), "usb://0403:6001:A50285BI");
  assert.equal(link(bridge), "tcp://192.168.1.20:4059");
  assert.equal(link({ ...bridge, protocol: "rfc2217", tcpPort: "02217" }), "rfc2217://192.168.1.20:2217");
  assert.equal(link({ ...bridge, host: "fe80::1" }), "tcp://[fe80::1]:4059");
  const fingerprint = Array.from({ length: 32 }, () => "ab").join(":");
  assert.equal(
    link({ ...bridge, protocol: "tls", fingerprint }),
    `tls://192.168.1.20:4059?fingerprint=${"ab".repeat(32)}`,
  );
  assert.equal(link({ kind: "other", other: " unix:///run/meter.sock " }), "unix:///run/meter.sock");
});

test("an optical head makes it a link to the optical port", () => {
  const optical = { kind: "optical", head: "port" } as const;
  assert.equal(link({ ...optical, port: "/dev/ttyUSB0" }), "optical:///dev/ttyUSB0");
  assert.equal(link({ ...optical, port: "COM3" }), "optical:///COM3");
  assert.equal(link({ ...optical, port: "usb://0403:6001" }), "optical+usb://0403:6001");
  assert.equal(link({ ...optical, port: "serial:///dev/ttyUSB0?baud=9600" }), "optical:///dev/ttyUSB0?baud=9600");
  const far = link({ ...bridge, kind: "optical", head: "bridge" });
  assert.equal(far, "optical+tcp://192.168.1.20:4059");
  assert.deepEqual([far ?? "", "tcp://a:1", " OPTICAL:///dev/a"].map(isOptical), [true, false, true]);
});

test("nothing is made of what is incomplete or wrong, and the wrong field is named", () => {
  assert.equal(link({}), null);
  assert.equal(link({ kind: "serial" }), null);
  assert.equal(link({ kind: "simulated" }), null);
  const faults = (fields: Partial<LinkFields>) => linkFaults({ ...EMPTY_LINK, ...bridge, ...fields });
  for (const host of ["", "a b", "http://x", "x/y", "user@host", "x?y", "<b>", "a".repeat(300)])
    assert.deepEqual(faults({ host }), ["host"], host);
  for (const tcpPort of ["", "0", "65536", "-1", "1e3", "٤٠"]) assert.deepEqual(faults({ tcpPort }), ["port"], tcpPort);
  assert.deepEqual(faults({ protocol: "tls", fingerprint: "abc" }), ["fingerprint"]);
  assert.deepEqual(faults({ kind: "other", other: "  " }), ["other"]);
});

test("an address that is pasted whole is taken apart", () => {
  assert.deepEqual(pastedHost("tcp://bridge.local:23/"), { host: "bridge.local", tcpPort: "23", protocol: "tcp" });
  assert.deepEqual(pastedHost("192.168.1.20:4059"), { host: "192.168.1.20", tcpPort: "4059" });
  assert.deepEqual(pastedHost(" meter "), { host: "meter" });
  assert.deepEqual(pastedHost("http://bridge"), { host: "http://bridge" });
  assert.deepEqual(pastedHost("[fe80::1]:23"), { host: "[fe80::1]", tcpPort: "23" });
  assert.deepEqual(pastedHost("fe80::1"), { host: "fe80::1" });
});
