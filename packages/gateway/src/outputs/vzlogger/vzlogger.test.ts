import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { matchesGolden } from "../golden.test-kit.ts";
import { outputKinds } from "../list.ts";
import { type FaceWorld, faceContract, getJson, shownMoment, withFace } from "../listening/face-contract.test-kit.ts";
import { rawRequest } from "../listening/raw-http.test-kit.ts";
import { channelUuid } from "./vzlogger-output.ts";

const open = (port: number) => outputKinds.vzlogger.create({ port } as never);

interface Answer {
  readonly data: readonly {
    readonly uuid: string;
    readonly name: string;
    readonly tuples: readonly [readonly [number, number]];
  }[];
}

const answer = async (port: number, path: string): Promise<Answer | undefined> =>
  (await getJson(port, path)) as Answer | undefined;

const powerUuid = (point: string): string => channelUuid(point, "power_w");

faceContract("vzlogger", {
  open,
  power: async (port) => (await answer(port, "/"))?.data.find(({ name }) => name === "power_w")?.tuples[0][1],
  control: false,
  samples: [rawRequest("GET", "/"), rawRequest("GET", `/${powerUuid("home")}`)],
});

describe("vzlogger", () => {
  const within = (work: (port: number, world: FaceWorld) => Promise<void>): Promise<void> =>
    withFace(open, work, shownMoment);

  test("says what vzlogger says", () =>
    within(async (port) => {
      const text = await (await fetch(`http://127.0.0.1:${port}/`)).text();
      matchesGolden(new URL("golden/all.txt", import.meta.url), `${text}\n`);
    }));

  test("serves the request of evcc: all channels, of which it takes one by UUID", () =>
    within(async (port) => {
      // The template vzlogger: .data[] | select(.uuid=="…") | .tuples[0][1]
      const found = (await answer(port, "/"))?.data.find(({ uuid }) => uuid === powerUuid("home"));
      assert.equal(found?.tuples[0][1], 1_234);
    }));

  test("gives one channel by its UUID, which is the same after every start and another for each meter", () =>
    within(async (port) => {
      const one = await answer(port, `/${powerUuid("home").toUpperCase()}`);
      assert.deepEqual(
        one?.data.map(({ name }) => name),
        ["power_w"],
      );
      assert.match(powerUuid("home"), /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      assert.notEqual(powerUuid("home"), powerUuid("shed"));
      assert.equal(await answer(port, `/${powerUuid("shed")}`), undefined);
    }));

  test("a channel without a value is not there, and asked for alone it is silent", () =>
    within(async (port, world) => {
      world.read({ power_w: 5 });
      assert.deepEqual(
        (await answer(port, "/"))?.data.map(({ name }) => name),
        ["power_w"],
      );
      assert.equal(await answer(port, `/${channelUuid("home", "energy_import_wh")}`), undefined);
    }));
});
