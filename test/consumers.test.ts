/** The configurations of docs/consumers: what can be known of them without the programs that read them. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { createContext, runInContext } from "node:vm";
import { demoFaces } from "@meterport/gateway/outputs/demo-faces";
import { readConfig } from "@meterport/gateway/read-config";
import { parseDocument } from "yaml";
import { fences, type Piece, piecesWith } from "./support/consumer-pages.ts";
import { peer } from "./support/peers.ts";
import { textOf } from "./support/sources.ts";

const python = peer("python3");
const scratch = mkdtempSync(join(tmpdir(), "meterport-consumers-"));
after(() => rmSync(scratch, { recursive: true, force: true }));

/** Tags such as `!secret` are those of the program that reads the file. */
const parsedYaml = ({ place, text }: Piece): unknown => {
  const secret = { tag: "!secret", resolve: (name: string) => name };
  const document = parseDocument(text, { customTags: [secret] });
  assert.deepEqual([...document.errors, ...document.warnings].map(String), [], place);
  return document.toJS();
};

const yamlPieces = [
  ...fences("yaml"),
  ...[...piecesWith(".yml"), ...piecesWith(".yaml")].map((path) => ({ place: path, text: textOf(path), file: path })),
];

/** What Meterport says on each topic of a meter. */
const payload = (name: string): Readonly<Record<string, unknown>> => {
  const golden = "packages/gateway/src/outputs/mqtt/golden";
  if (name === "availability") return { state: "online" };
  const changes = JSON.parse(textOf(`${golden}/changes.json`)) as { kind: string; body: Record<string, unknown> }[];
  const change = changes.find(({ kind }) => kind === name);
  return change?.body ?? (JSON.parse(textOf(`${golden}/${name}.json`)) as Record<string, unknown>);
};

describe("the configurations of docs/consumers", () => {
  test("are valid YAML", () => {
    assert.ok(yamlPieces.length > 10);
    for (const piece of yamlPieces) parsedYaml(piece);
  });

  test("those of Meterport are accepted by Meterport", () => {
    const own = yamlPieces.filter(({ file }) => file === "meterport.yaml");
    assert.ok(own.length > 10);
    for (const [n, piece] of own.entries()) {
      const folder = join(scratch, String(n));
      mkdirSync(folder);
      for (const [, name = ""] of piece.text.matchAll(/(?:"@|key_file: )([\w.-]+)/g))
        writeFileSync(join(folder, name), "0123456789abcdef", { mode: 0o600 });
      const config = join(folder, "meterport.yaml");
      writeFileSync(config, piece.text, { mode: 0o600 });
      try {
        const { warnings } = readConfig({ config, data: join(folder, "data"), env: {} });
        assert.deepEqual(warnings, [], piece.place);
      } catch (error) {
        throw new Error(`${piece.place}: ${String(error)}`, { cause: error });
      }
    }
  });

  test("files to import are valid JSON", () => {
    const files = piecesWith(".json");
    assert.ok(files.length >= 3);
    for (const path of files) assert.doesNotThrow(() => JSON.parse(textOf(path)), path);
  });

  test("TOML can be read", { skip: python.skip }, () => {
    const all = fences("toml");
    assert.ok(all.length >= 2);
    for (const { place, text } of all)
      assert.doesNotThrow(
        () =>
          execFileSync(python.path, ["-c", "import sys, tomllib; tomllib.loads(sys.stdin.read())"], { input: text }),
        place,
      );
  });

  test("the index lists every page and every file is linked from a page", () => {
    const pages = piecesWith(".md");
    const index = textOf("docs/consumers/README.md");
    const all = pages.map(textOf).join("\n");
    for (const path of pages)
      if (!path.endsWith("/README.md")) assert.ok(index.includes(`](${path.split("/").at(-1)})`), path);
    for (const path of ["json", "yml", "js"].flatMap((ending) => piecesWith(`.${ending}`)))
      assert.ok(all.includes(`](${path.split("/").at(-1)})`), path);
  });
});

describe("what the pieces read through a broker", () => {
  const all = [...piecesWith(".md"), ...piecesWith(".json"), ...piecesWith(".js")];

  test("every topic is one that Meterport has", () => {
    const topics = all.flatMap((path) =>
      [...textOf(path).matchAll(/meterport\/meter\/(?:home|\+)\/(\w+)/g)].map(([, name = ""]) => name),
    );
    assert.ok(topics.length > 20);
    for (const name of new Set(topics)) assert.notEqual(payload(name), undefined, name);
  });

  test("every key is in the message of its topic", () => {
    const keyed = /meterport\/meter\/home\/(\w+)[^\n]*(?:JSONPATH:\$|\n\s+jq: )\.(\w+)/g;
    const found = all.flatMap((path) =>
      [...textOf(path).matchAll(keyed)].map(([, topic = "", key = ""]) => [topic, key]),
    );
    assert.ok(found.length > 12);
    for (const [topic = "", key = ""] of found) assert.ok(key in payload(topic), `${topic}: ${key}`);
  });
});

describe("evcc", () => {
  test("its addresses are the usual ports of the faces", () => {
    const known = demoFaces("192.168.1.2").flatMap(({ settings: { port } }) => Number(port) || []);
    const text =
      fences("yaml").find(({ file, text: each }) => file === "evcc.yaml" && each.includes("dsmr"))?.text ?? "";
    const ports = [...text.matchAll(/192\.168\.1\.2:(\d+)|port: (\d+)/g)].map(([, a, b]) => Number(a ?? b));
    assert.ok(ports.length >= 6);
    assert.deepEqual(
      ports.filter((port) => !known.includes(port)),
      [],
    );
  });
});

describe("the flow of Node-RED", () => {
  interface FlowNode {
    readonly id: string;
    readonly type: string;
    readonly broker?: string;
    readonly wires?: readonly (readonly string[])[];
    readonly property?: string;
    readonly topic?: string;
    readonly rules?: readonly { readonly p?: string }[];
  }
  const nodes = JSON.parse(textOf("docs/consumers/node-red-flow.json")) as readonly FlowNode[];
  const byId = new Map(nodes.map((node) => [node.id, node]));

  test("its wires lead to nodes, and each node but the tab and the broker is in a chain", () => {
    assert.equal(byId.size, nodes.length);
    const reached = new Set(nodes.flatMap(({ wires = [] }) => wires.flat()));
    for (const id of reached) assert.ok(byId.has(id), id);
    for (const { id, type, broker } of nodes) {
      if (type === "mqtt in") assert.equal(byId.get(broker ?? "")?.type, "mqtt-broker", id);
      else if (type !== "tab" && type !== "mqtt-broker") assert.ok(reached.has(id), id);
    }
  });

  test("the values that it takes are in the message of the topic in front", () => {
    let looked = 0;
    for (const { topic, wires } of nodes) {
      let next = byId.get(wires?.[0]?.[0] ?? "");
      const message = topic === undefined ? {} : payload(topic.split("/").at(-1) ?? "");
      for (; topic !== undefined && next !== undefined; next = byId.get(next.wires?.[0]?.[0] ?? ""))
        for (const path of [next.property, ...(next.rules ?? []).map(({ p }) => p)]) {
          if (path === undefined) continue;
          looked++;
          assert.ok(path.replace(/^payload\./, "") in message, `${topic}: ${path}`);
        }
    }
    assert.ok(looked >= 3);
  });
});

describe("the script of ioBroker", () => {
  interface State {
    readonly val: unknown;
    readonly ack: boolean;
    readonly q: number;
  }

  /** The functions of the adapter that the script uses. */
  const started = () => {
    const handlers = new Map<string, (change: { state: { val: unknown } }) => void>();
    const states = new Map<string, State>();
    const made = new Map<string, { type: string; unit: string }>();
    const context = {
      on: ({ id }: { id: string }, handler: (change: { state: { val: unknown } }) => void) => handlers.set(id, handler),
      setState: (id: string, state: State) => {
        assert.ok(made.has(id), `${id} is set before it exists`);
        states.set(id, state);
      },
      createState: (id: string, _: unknown, __: boolean, common: { type: string; unit: string }, then: () => void) => {
        made.set(id, common);
        then();
      },
    };
    runInContext(textOf("docs/consumers/iobroker-script.js"), createContext(context));
    const told = (topic: string, val: unknown) =>
      handlers.get(`mqtt.0.meterport.meter.home.${topic}`)?.({ state: { val } });
    const at = (key: string): State | undefined => states.get(`0_userdata.0.meterport.home.${key}`);
    return { told, at, made, handlers };
  };
  const golden = (name: string): string => textOf(`packages/gateway/src/outputs/mqtt/golden/${name}.json`);

  test("makes a state of each value, with its unit", () => {
    const { told, at, made, handlers } = started();
    assert.equal(handlers.size, 3);
    told("live", golden("live"));
    told("energy", JSON.parse(golden("energy")));
    told("availability", '{"state":"online"}');
    assert.deepEqual({ ...at("power_w") }, { val: 1234, ack: true, q: 0 });
    assert.deepEqual({ ...at("energy_import_kwh") }, { val: 13779.338, ack: true, q: 0 });
    assert.equal(at("online")?.val, true);
    assert.equal(made.get("0_userdata.0.meterport.home.reactive_energy_import_kvarh")?.unit, "kvarh");
    for (const [id, { type, unit }] of made)
      if (type === "number" && !/power_factor/.test(id)) assert.notEqual(unit, "", id);
    assert.equal(at("time"), undefined);
  });

  test("says null with another quality when values become stale, and survives rubbish", () => {
    const { told, at } = started();
    told("live", golden("live"));
    told("live", golden("live-stale"));
    assert.deepEqual({ ...at("power_w") }, { val: null, ack: true, q: 0x42 });
    told("live", "{");
    told("live", null);
    told("availability", '{"state":"offline"}');
    assert.equal(at("online")?.val, false);
  });
});

describe("the bridge of ESPHome", () => {
  interface Board {
    readonly uart: Readonly<Record<string, unknown>> & { readonly rx_pin: string; readonly tx_pin: string };
    readonly switch: readonly { readonly pin: string }[];
    readonly stream_server: { readonly port: number; readonly buffer_size: number; readonly uart_id: string };
  }
  const boards = fences("yaml").filter(({ file }) => file.startsWith("mep-bridge"));

  test("has the line of the port, three pins of one row of the table, and the port that the link names", () => {
    assert.equal(boards.length, 2);
    const page = textOf("docs/consumers/esphome.md");
    for (const piece of boards) {
      const { uart, stream_server: server, switch: switches } = parsedYaml(piece) as Board;
      const { rx_pin, tx_pin, baud_rate, data_bits, parity, stop_bits, id } = uart;
      assert.deepEqual([baud_rate, data_bits, parity, stop_bits], [9600, 8, "NONE", 1], piece.place);
      const row = page.split("\n").find((line) => line.includes(`| ${rx_pin}`) && line.includes(`| ${tx_pin}`)) ?? "";
      assert.ok(row.includes(`| ${switches[0]?.pin}`), piece.place);
      assert.equal(server.uart_id, id);
      assert.equal(Math.log2(server.buffer_size) % 1, 0, "the component wants a power of two");
      assert.ok(page.includes(`link: tcp://192.168.1.20:${server.port}`));
    }
  });
});
