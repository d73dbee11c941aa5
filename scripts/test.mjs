/**
 * `npm test`: installs what the tests need and runs all of them.
 * `npm run test:fast` runs the packages' own tests, which need no peer and no browser.
 * `npm test -- boundaries gateway/src` runs the files whose path contains one of the words;
 * words that begin with a dash go to Node's test runner: `npm test -- --test-name-pattern="reads ET13" client/src`.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { delimiter, join, relative } from "node:path";
import { become, ensureDashboard, ensureDependencies, ensureNode, orExplain, root, SetupError, say } from "./setup.mjs";

const testFilesBelow = (folder) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "node_modules" ? [] : testFilesBelow(path);
    return entry.name.endsWith(".test.ts") ? [path] : [];
  });

const allTestFiles = () => {
  const packages = readdirSync(join(root, "packages")).map((name) => join(root, "packages", name, "src"));
  const folders = [...packages.filter(existsSync), join(root, "test")];
  return folders
    .flatMap(testFilesBelow)
    .map((path) => relative(root, path).replaceAll("\\", "/"))
    .sort();
};

/**
 * Three lanes that go at the same time: files that do little but wait for other processes and for clocks, and files that wait for a
 * line or a page between the work, each go one after the other beside those that keep the cores busy. Long ones begin first, so
 * that the lanes and the cores end at about the same time. The files of a folder that touch nothing of their process share one:
 * starting one for each took longer than the tests.
 */
const lanesOf = (files, cores) => {
  const { idle, waiting, long, together } = JSON.parse(
    readFileSync(join(root, "test", "support", "test-lanes.json"), "utf8"),
  );
  const isChosen = (file) => files.includes(file);
  const others = files.filter((file) => ![...idle, ...waiting, ...long].includes(file));
  const groups = together.map((folder) => ({
    name: folder.replaceAll("/", "-"),
    files: others.filter((file) => file.startsWith(`${folder}/`)),
  }));
  const alone = others.filter((file) => !groups.some((group) => group.files.includes(file)));
  const shared = groups.filter((group) => group.files.length > 0);
  return [
    { files: idle.filter(isChosen), concurrency: Math.max(1, Math.floor(cores / 2)) },
    { files: waiting.filter(isChosen), concurrency: Math.max(1, Math.floor(cores / 2)) },
    { files: [...long.filter(isChosen), ...shared, ...alone], concurrency: Math.max(2, cores) },
  ];
};

/** Compiled code is kept for the next file, and for the next run: most of a short test is the compilation of what it imports. */
const keepingCompiled = { ...process.env, NODE_COMPILE_CACHE: join(root, ".cache", "compile") };

const isInstalled = ({ command, header }) =>
  header === undefined ? isOnPath(command) : existsSync(join("/usr/include", header));

const isOnPath = (command) =>
  [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"].some((folder) =>
    existsSync(join(folder, command)),
  );

/** Installs the Debian packages that the chosen tests start, if it may do so unasked: as root on Debian. */
const ensurePeers = (files, isFiltered) => {
  const { peers } = JSON.parse(readFileSync(join(root, "test", "support", "peers.json"), "utf8"));
  const isWanted = ({ command }) =>
    !isFiltered || files.some((file) => readFileSync(join(root, file), "utf8").includes(`peer("${command}")`));
  const missing = peers.filter((peer) => !isInstalled(peer) && isWanted(peer)).map((peer) => peer.package);
  if (missing.length === 0 || process.getuid?.() !== 0 || !existsSync("/etc/debian_version")) return;
  say(`installing Debian packages for the tests: ${missing.join(", ")}`);
  const apt = (...args) =>
    spawnSync("apt-get", args, { stdio: "ignore", env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } }).status;
  const install = () => apt("install", "-y", "--no-install-recommends", ...missing);
  // The list of packages may be missing or stale: then it is fetched, and the installation is retried.
  if (install() === 0 || (apt("update") === 0 && install() === 0)) return;
  say(`apt-get could not install ${missing.join(", ")}; the tests that need them are skipped or fail`);
};

orExplain(() => {
  const words = process.argv.slice(2);
  const options = words.filter((word) => word.startsWith("-"));
  const filters = words.filter((word) => !word.startsWith("-"));
  const files = allTestFiles().filter((file) => filters.length === 0 || filters.some((word) => file.includes(word)));
  if (files.length === 0)
    throw new SetupError(`no test file has ${filters.map((word) => `"${word}"`).join(" or ")} in its path`);

  const node = ensureNode();
  ensureDependencies();
  ensureDashboard(node);
  ensurePeers(files, filters.length > 0);
  const cores = availableParallelism();
  const quiet = "--disable-warning=ExperimentalWarning";
  // Options are for Node's own command, which has one lane.
  const one = ["--test", "--test-reporter=spec", `--test-concurrency=${Math.max(2, cores)}`, "--test-timeout=240000"];
  const lanes = [join(root, "scripts", "run-tests.mjs"), JSON.stringify(lanesOf(files, cores))];
  const runner = options.length === 0 ? lanes : [...one, ...options, ...files];
  become(node, [quiet, ...runner], { cwd: root, env: keepingCompiled });
});
