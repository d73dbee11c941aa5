import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { until } from "../output-world.test-kit.ts";
import { announce, type Ciao } from "./announce.ts";
import { MdnsResolver, outside } from "./mdns.test-kit.ts";

const quiet = { info: () => {}, warn: () => {}, error: () => {} };
const service = { name: "kwhmeter-0A0B0C", type: "hwenergy", txt: { path: "/api/v1", serial: "06aabb0a0b0c" } };

describe("announcements", () => {
  test("are made on the port of the face and taken back; a failure is a line in the log", async () => {
    const said: unknown[] = [];
    const lines: string[] = [];
    const ciao: Ciao = {
      getResponder: () => ({
        createService: (options) => {
          said.push(options);
          return {
            on: () => {},
            advertise: () => Promise.reject(new Error("no network")),
            destroy: async () => void said.push("taken back"),
          };
        },
        shutdown: async () => void said.push("goodbye"),
      }),
    };
    const log = { ...quiet, warn: (line: string) => void lines.push(line) };
    const takeBack = await announce([service], { host: "192.168.1.2", port: 8_090 }, log, async () => ciao);
    await until("the failure is told", () => lines.length === 1);
    await takeBack();
    const own = { port: 8_090, hostname: service.name, disabledIpv6: true, restrictedAddresses: ["192.168.1.2"] };
    assert.deepEqual(said, [{ ...service, ...own }, "taken back", "goodbye"]);
    assert.deepEqual(lines, ["kwhmeter-0A0B0C could not be announced by mDNS: no network"]);
  });

  test("name the package that is missing", async () => {
    const missing = () => Promise.reject(new Error("Cannot find package"));
    await assert.rejects(
      announce([service], { host: "0.0.0.0", port: 80 }, quiet, missing),
      /npm install @homebridge\/ciao@1\.3/,
    );
  });

  test("are not made of a face that only this machine can reach", async () => {
    const lines: string[] = [];
    const log = { ...quiet, warn: (line: string) => void lines.push(line) };
    await (
      await announce([service], { host: "127.0.0.1", port: 80 }, log, () => Promise.reject(new Error("loaded")))
    )();
    assert.match(lines.join(), /only this machine may connect/);
  });

  test("are found on the network with their texts", {
    skip: outside === undefined && "this machine has no network",
    timeout: 30_000,
  }, async () => {
    const resolver = new MdnsResolver();
    await resolver.open();
    // A device may offer several services under one name.
    const other = { ...service, type: "http" };
    const takeBack = await announce([other, service], { host: "0.0.0.0", port: 8_090 }, quiet);
    await until("it is found", async () => {
      resolver.ask(service.type);
      await new Promise((resolve) => setTimeout(resolve, 300));
      return resolver.about(service.name) !== undefined;
    });
    const found = resolver.about(service.name) ?? "";
    assert.ok(found.includes("path=/api/v1") && found.includes("serial=06aabb0a0b0c"));
    assert.ok(!found.includes("(2)"), "none of them is renamed");
    await takeBack();
    resolver.answers.length = 0;
    resolver.ask(service.type);
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.deepEqual(resolver.answers, [], "it is taken back");
    resolver.close();
  });
});
