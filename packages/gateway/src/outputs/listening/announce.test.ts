import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { networkInterfaces } from "node:os";
import { describe, test } from "node:test";
import { until } from "../output-world.test-kit.ts";
import { announce, type Ciao } from "./announce.ts";

const quiet = { info: () => {}, warn: () => {}, error: () => {} };
const service = { name: "kwhmeter-0A0B0C", type: "hwenergy", txt: { path: "/api/v1", serial: "06aabb0a0b0c" } };

/** The first address of this machine that others can reach. */
const outside = Object.values(networkInterfaces())
  .flatMap((each) => each ?? [])
  .find(({ family, internal }) => family === "IPv4" && !internal)?.address;

/** A question for the instances of a service, RFC 6763 section 4.1, as plain DNS: the answer comes to us alone. */
const question = (type: string): Buffer => {
  const labels = [`_${type}`, "_tcp", "local"].map((label) =>
    Buffer.from(`${String.fromCharCode(label.length)}${label}`),
  );
  return Buffer.concat([Buffer.from([0, 7, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]), ...labels, Buffer.from([0, 0, 12, 0, 1])]);
};

describe("announcements", () => {
  test("are made on the port of the face and taken back; a failure is a line in the log", async () => {
    const said: unknown[] = [];
    const lines: string[] = [];
    const ciao: Ciao = {
      getResponder: () => ({
        createService: (options) => {
          said.push(options);
          return {
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
    const socket = createSocket("udp4");
    const answers: string[] = [];
    socket.on("message", (bytes) => void answers.push(bytes.toString("latin1")));
    await new Promise<void>((resolve) => socket.bind(0, outside, resolve));
    socket.setMulticastInterface(outside ?? "");
    const takeBack = await announce([service], { host: "0.0.0.0", port: 8_090 }, quiet);
    await until("it is found", async () => {
      socket.send(question("hwenergy"), 5_353, "224.0.0.251", () => {});
      await new Promise((resolve) => setTimeout(resolve, 300));
      return answers.some((text) => text.includes(service.name));
    });
    const found = answers.find((text) => text.includes(service.name)) ?? "";
    assert.ok(found.includes("path=/api/v1") && found.includes("serial=06aabb0a0b0c"));
    await takeBack();
    answers.length = 0;
    socket.send(question("hwenergy"), 5_353, "224.0.0.251", () => {});
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.deepEqual(answers, [], "it is taken back");
    socket.close();
  });
});
