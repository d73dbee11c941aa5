import assert from "node:assert/strict";
import { test } from "node:test";
import type { FoundService } from "@meterport/transports/network/find-services";
import { bridgeSearch, bridgesOf, bridgeTypes } from "./found-bridges.ts";

const service = (type: string, more: Partial<FoundService> = {}): FoundService => ({
  ...{ type, name: "cellar", address: "192.168.1.20", port: 2001, texts: [] },
  ...more,
});

test("each type of service becomes the link that it can be opened with", () => {
  const links = (all: readonly FoundService[]) =>
    bridgesOf(all).map(({ link, kind, guessed }) => [link, kind, guessed]);
  assert.deepEqual(
    links([
      service("_esphomelib._tcp", { port: 6053 }),
      service("_iostream._tcp"),
      service("_iostream._tcp", { port: 2002, texts: ["provider=ser2net", "gensiostack=telnet(rfc2217),tcp"] }),
      service("_telnet._tcp", { port: 23 }),
      service("_http._tcp"),
    ]),
    [
      ["tcp://192.168.1.20:6638", "esphome", true],
      ["tcp://192.168.1.20:2001", "stream", false],
      ["rfc2217://192.168.1.20:2002", "telnet", false],
      ["rfc2217://192.168.1.20:23", "telnet", false],
    ],
  );
});

test("names are text of one line, links are listed once, and there is an end", () => {
  const [odd, ...others] = bridgesOf([
    service("_telnet._tcp", { name: "a\u0007\u202e\nb" }),
    service("_rfc2217._tcp", { name: "again" }),
  ]);
  assert.doesNotMatch(odd?.name ?? "", /[\p{Cc}\u202e]/u);
  assert.equal(others.length, 0);
  const many = Array.from({ length: 300 }, (_, n) => service("_telnet._tcp", { port: n + 1 }));
  assert.equal(bridgesOf(many).length, 50);
});

test("who asks while a search runs gets its answer, and the next one searches again", async () => {
  let searches = 0;
  const search = bridgeSearch(async (types) => {
    assert.deepEqual(types, bridgeTypes);
    searches++;
    return [service("_telnet._tcp")];
  });
  const [a, b] = await Promise.all([search(), search()]);
  assert.equal(a, b);
  assert.equal(searches, 1);
  await search();
  assert.equal(searches, 2);
});
