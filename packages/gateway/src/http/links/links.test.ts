import assert from "node:assert/strict";
import { test } from "node:test";
import { OpenAPIHono } from "@hono/zod-openapi";
import { LinkError } from "@meterport/protocol/errors";
import { stillMeter } from "../../testing/http-setup.ts";
import { addLinks, type LinksOptions } from "./links.ts";
import { foundLinksAnswer, linksAnswer } from "./routes.ts";

const ask = async (machinePorts: LinksOptions["machinePorts"]) => {
  const app = new OpenAPIHono();
  addLinks(app, { meters: stillMeter().meters, machinePorts });
  const answer = await app.request("/api/v1/links");
  return { status: answer.status, body: await answer.json() };
};

test("the ports of the machine come with the point that uses each", async () => {
  const numbers = { vendor: "0403", product: "6001", serial: null, maker: "FTDI", name: null };
  const { status, body } = await ask(async () => [
    { path: "/dev/ttyUSB0", link: "usb://0403:6001", ...numbers, usedBy: "home" },
  ]);
  assert.equal(status, 200);
  assert.deepEqual(linksAnswer.parse(body), {
    ports: [{ path: "/dev/ttyUSB0", link: "usb://0403:6001", ...numbers, used_by: "home" }],
    problem: null,
    simulated: "home",
  });
});

test("a system that lists no ports is a sentence, not a failure", async () => {
  const { status, body } = await ask(async () => {
    throw new LinkError("not-open", "serial ports", "the system does not list its serial ports");
  });
  assert.equal(status, 200);
  assert.match(String(linksAnswer.parse(body).problem), /the system does not list its serial ports/);
  assert.equal((await ask(undefined)).status, 503);
});

test("bridges in the network come with the point that uses each, and a network that cannot be searched is a sentence", async () => {
  const search = async (foundBridges: LinksOptions["foundBridges"]) => {
    const app = new OpenAPIHono();
    addLinks(app, { meters: stillMeter().meters, foundBridges });
    const answer = await app.request("/api/v1/links/found");
    return { status: answer.status, body: await answer.json() };
  };
  const bridge = { link: "tcp://10.0.0.5:6638", name: "cellar", address: "10.0.0.5", port: 6638 };
  const found = await search(async () => [{ ...bridge, kind: "esphome", guessed: true, usedBy: "home" }]);
  assert.deepEqual(foundLinksAnswer.parse(found.body), {
    bridges: [{ ...bridge, kind: "esphome", guessed: true, used_by: "home" }],
    problem: null,
  });
  const failed = await search(() => Promise.reject(new Error("EPERM")));
  assert.equal(failed.status, 200);
  assert.match(foundLinksAnswer.parse(failed.body).problem ?? "", /the network cannot be searched: EPERM/);
  assert.equal((await search(undefined)).status, 503);
});
