import assert from "node:assert/strict";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { describe, test } from "node:test";
import { connect, createServer, type TLSSocket } from "node:tls";
import { systemEntropy } from "@meterport/transports/clock";
import { moment, objectId, positive } from "./der.ts";
import { isStillGood, makeOwnCertificate } from "./own-certificate.ts";

const subject = { commonName: "appliance/energymeter/068f7f99ab63", hosts: ["kwhmeter-99AB63.local"] };
const wall = Date.now();
const day = 86_400_000;

describe("a certificate that a face makes", () => {
  test("is X.509 version 3, signed by its own key, valid for ten years", () => {
    const { cert, key } = makeOwnCertificate(subject, wall, systemEntropy);
    const read = new X509Certificate(cert);
    assert.equal(read.subject, "CN=appliance/energymeter/068f7f99ab63");
    assert.equal(read.issuer, read.subject);
    assert.equal(read.subjectAltName, "DNS:kwhmeter-99AB63.local");
    assert.ok(read.verify(read.publicKey), "its signature");
    assert.ok(read.checkPrivateKey(createPrivateKey(key)));
    assert.ok(Date.parse(read.validFrom) < wall && Date.parse(read.validTo) > wall + 3_600 * day);
    const other = makeOwnCertificate(subject, wall, systemEntropy);
    assert.notEqual(new X509Certificate(other.cert).serialNumber, read.serialNumber);
  });

  test("is taken by a client that trusts this very certificate, and by no other", async () => {
    const own = makeOwnCertificate(subject, wall, systemEntropy);
    const server = createServer(own, (socket) => socket.end());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    const reach = (ca: string): Promise<string> =>
      new Promise((resolve) => {
        const servername = "kwhmeter-99ab63.local";
        const socket: TLSSocket = connect({ host: "127.0.0.1", port, ca, servername, minVersion: "TLSv1.3" }, () => {
          resolve("trusted");
          socket.end();
        });
        socket.on("error", (error) => resolve("code" in error ? String(error.code) : error.message));
      });
    assert.equal(await reach(own.cert), "trusted");
    assert.match(await reach(makeOwnCertificate(subject, wall, systemEntropy).cert), /SELF_SIGNED|SIGNATURE|VERIFY/);
    await new Promise((resolve) => server.close(resolve));
  });

  test("is made again for another subject, near its end, and when it cannot be read", () => {
    const { cert } = makeOwnCertificate(subject, wall, systemEntropy);
    assert.equal(isStillGood(cert, subject, wall), true);
    assert.equal(isStillGood(cert, { ...subject, commonName: "appliance/p1dongle/068f7f99ab63" }, wall), false);
    assert.equal(isStillGood(cert, { ...subject, hosts: [] }, wall), false);
    assert.equal(isStillGood(cert, subject, wall + 3_640 * day), false);
    assert.equal(isStillGood(cert, subject, wall - 3 * day), false);
    assert.equal(isStillGood("nothing", subject, wall), false);
  });

  test("is written by the rules of DER", () => {
    const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
    assert.equal(hex(objectId("2.5.4.3")), "0603550403");
    assert.equal(hex(objectId("1.2.840.10045.4.3.2")), "06082a8648ce3d040302");
    assert.equal(hex(positive(Uint8Array.of(0, 0, 0x80))), "02020080");
    assert.equal(hex(positive(Uint8Array.of(0))), "020100");
    assert.equal(Buffer.from(moment(Date.UTC(2049, 11, 31, 23, 59, 59))).toString("latin1"), "\x17\x0d491231235959Z");
    assert.equal(Buffer.from(moment(Date.UTC(2050, 0, 1))).toString("latin1"), "\x18\x0f20500101000000Z");
  });
});
