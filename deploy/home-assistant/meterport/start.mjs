/** Starts the gateway in Home Assistant: with the user's meterport.yaml, or else with the options of the app's page. */
import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

const [data = "/data", config = "/config", command = "meterport"] = process.argv.slice(2);

/** The Supervisor's proxy, which has checked the user, comes from this address and no other. */
const ingressOf = (scope) => ({
  host: "0.0.0.0",
  port: "8099",
  allowed: "172.30.32.2",
  user_header: "X-Remote-User-Name",
  scope,
});

/** The configuration refuses a name that cannot be shown in one line. */
const inOneLine = (name = "") => name.replace(/\p{Cc}+/gu, " ").trim();

/** JSON is YAML, so nothing in an option can change the structure. */
const ownConfig = ({ log_level: level = "info", scope = "read", link, key, name }) => ({
  log: { level },
  http: { host: "127.0.0.1", port: "8765", ingress: ingressOf(scope) },
  ...(link ? { meters: [{ id: "home", name: inOneLine(name) || "Home", link, ...(key ? { key } : {}) }] } : {}),
});

const given = join(config, "meterport.yaml");
const written = join(data, "meterport.yaml");
if (!existsSync(given)) {
  const options = JSON.parse(readFileSync(join(data, "options.json"), "utf8"));
  writeFileSync(written, `${JSON.stringify(ownConfig(options), null, 2)}\n`, { mode: 0o600 });
}
const file = existsSync(given) ? given : written;
/** The exit code with which the gateway asks to be started again, as its page can. */
const restartCode = 75;
const env = { ...process.env, METERPORT_RESTARTED_BY: "home-assistant" };
let child;
const start = () => {
  child = spawn(command, ["serve", "--config", file, "--data", data], { stdio: "inherit", env });
  child.on("error", (error) => {
    process.stderr.write(`${command} cannot be started: ${error.message}\n`);
    process.exit(1);
  });
  child.on("exit", (code) => {
    if (code === restartCode) start();
    else process.exit(code ?? 1);
  });
};
start();
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(signal, () => child.kill(signal));
