/** A real OpenSSH server for tests of SFTP. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { freePort, startListening } from "../../../../../test/support/free-port.ts";
import { peer } from "../../../../../test/support/peers.ts";
import { folderFor } from "./delivery.test-kit.ts";

const [sshd, sftp, keygen] = [peer("sshd"), peer("sftp"), peer("ssh-keygen")];
export const skipSftp = sshd.skip || sftp.skip || keygen.skip;

/** A server for the user of the test, on the loopback, that knows one key. */
export const startSshd = async (t: TestContext) => {
  const folder = folderFor(t);
  const keyFor = (name: string): string => {
    const { status, stderr } = spawnSync(keygen.path, ["-q", "-t", "ed25519", "-N", "", "-f", join(folder, name)], {
      encoding: "utf8",
    });
    assert.equal(status, 0, stderr);
    return readFileSync(join(folder, `${name}.pub`), "utf8");
  };
  const hostKey = keyFor("host");
  writeFileSync(join(folder, "authorized"), keyFor("client"));
  keyFor("stranger");
  const port = await freePort();
  writeFileSync(join(folder, "known"), `[127.0.0.1]:${port} ${hostKey}`);
  const lines = [
    ...[`Port ${port}`, "ListenAddress 127.0.0.1", `HostKey ${folder}/host`, `AuthorizedKeysFile ${folder}/authorized`],
    ...["UsePAM no", "StrictModes no", "PasswordAuthentication no", "KbdInteractiveAuthentication no", "PidFile none"],
    ...["PermitRootLogin prohibit-password", "Subsystem sftp internal-sftp", "UseDNS no", "PrintMotd no"],
  ];
  writeFileSync(join(folder, "config"), `${lines.join("\n")}\n`);
  // A server that root starts separates privileges in this folder.
  if (process.getuid?.() === 0) mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
  const start = () => startListening(sshd.path, ["-D", "-f", join(folder, "config")], port);
  const stop = await start();
  t.after(stop);
  mkdirSync(join(folder, "in"));
  const settings = {
    host: "127.0.0.1",
    port,
    user: userInfo().username,
    folder: join(folder, "in"),
    keyFile: join(folder, "client"),
    knownHostsFile: join(folder, "known"),
    program: sftp.path,
  };
  return { folder, settings, stop, start };
};
