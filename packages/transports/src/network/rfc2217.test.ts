/** What ser2net on a pseudo-terminal cannot show: the lines. A server that confirms settings and records commands. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { test } from "node:test";
import { toHex } from "@meterport/protocol/bytes";
import { headLines } from "../enable-line.ts";
import { openRfc2217 } from "./rfc2217.ts";

interface Server {
  readonly port: number;
  /** Everything the client sent, in hex. */
  readonly heard: () => string;
  readonly close: () => Promise<void>;
}

/** Agrees to COM-PORT-OPTION and confirms commands 1 to 4, byte for byte as RFC 2217 has it; never SET-CONTROL. */
const serialServer = async (): Promise<Server> => {
  let heard = "";
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.write(Buffer.from("fffd2c", "hex"));
    let answered = 0;
    socket.on("data", (bytes) => {
      heard += toHex(bytes);
      const commands = [...heard.matchAll(/fffa2c0([1-4])((?:..){1,4}?)fff0/g)].slice(answered);
      answered += commands.length;
      for (const [, command, value] of commands)
        socket.write(Buffer.from(`fffa2c6${4 + Number(command)}${value}fff0`, "hex"));
    });
    socket.on("error", () => {});
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as { port: number }).port,
    heard: () => heard,
    close: async () => {
      for (const socket of sockets) if (!socket.closed) await once(socket, "close");
      server.close();
    },
  };
};

/** SET-CONTROL: 8 and 9 are DTR on and off, 11 and 12 RTS on and off (RFC 2217, section 3). */
const control = (dtr: string, rts: string): string => `fffa2c05${dtr}fff0fffa2c05${rts}fff0`;

test("the enable line of a far port is pulsed, and off when it is closed; a missing confirmation is not a fault", async () => {
  const server = await serialServer();
  const port = await openRfc2217({ host: "127.0.0.1", port: server.port, enable: { rts: true, pulse: 1 } });
  assert.deepEqual(port.timing, { byteTime: 10_000 / 9600 });
  await port.write(Uint8Array.of(0x30, 0xff));
  await port.close();
  await server.close();
  const [off, on] = [control("08", "0c"), control("08", "0b")];
  assert.equal(server.heard().slice(server.heard().indexOf(off)), `${off}${on}30ffff${off}`);
});

test("the lines of a far port stay as an optical head wants them, and each as the link says", async () => {
  for (const [lines, sent] of [
    [headLines, control("09", "0b")],
    [{ dtr: false }, "fffa2c0509fff0"],
  ] as const) {
    const server = await serialServer();
    const port = await openRfc2217({ host: "127.0.0.1", port: server.port, lines });
    await port.write(Uint8Array.of(0x30));
    await port.close();
    await server.close();
    assert.ok(server.heard().endsWith(`fff0${sent}30`), server.heard());
  }
});

test("the speed of a far port can be changed after what was written", async () => {
  const server = await serialServer();
  const port = await openRfc2217({ host: "127.0.0.1", port: server.port });
  assert.equal(port.speed?.baudRate, 9600);
  await port.write(Uint8Array.of(0x06));
  await port.speed?.change(19_200);
  await port.close();
  await server.close();
  assert.ok(server.heard().endsWith("06fffa2c0100004b00fff0"), server.heard());
});

test("without the setting no line is touched", async () => {
  const server = await serialServer();
  const port = await openRfc2217({ host: "127.0.0.1", port: server.port, baudRate: 300 });
  await port.close();
  await server.close();
  assert.match(server.heard(), /fffa2c010000012cfff0/);
  assert.doesNotMatch(server.heard(), /fffa2c05(08|09|0b|0c)fff0/);
});

test("a bridge that drops the connection before its port is set is reported as hung up, however abrupt it was", async () => {
  for (const drop of [(socket: Socket) => socket.end(), (socket: Socket) => socket.resetAndDestroy()]) {
    const server = createServer((socket) => {
      socket.on("error", () => {});
      socket.once("data", () => drop(socket));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    await assert.rejects(openRfc2217({ host: "127.0.0.1", port }), {
      code: "not-open",
      reason: "hung-up",
      message: `rfc2217://127.0.0.1:${port}: cannot open it: the bridge closed the connection; check that its serial port exists and is free`,
    });
    server.close();
  }
});
