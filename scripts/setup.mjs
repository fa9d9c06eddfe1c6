// Installs everything that `npm run demo` and `npm test` need, starting from a bare Debian with Node >= 20, npm, python3 and root
// or sudo. It is quick and silent when nothing is missing, and never prompts; when it may not install, it prints the one command
// to run. It is plain JavaScript without packages, because it runs first, on whatever Node the machine has.
//
// It installs npm packages (npm ci), Debian packages, and Patroni in a venv below /var/lib/gameday. It starts, enables and
// creates no service: a policy-rc.d forbids starting services while packages are installed, PostgreSQL is kept from creating a
// cluster, and units that an installation enabled are disabled again. The policy and PostgreSQL's setting are undone at the end,
// or at the next start if the end was never reached.
import { spawnSync } from "node:child_process";
import {
  accessSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { fileURLToPath } from "node:url";

const HERE = fileURLToPath(import.meta.url);
const CHECKOUT = fileURLToPath(new URL("..", import.meta.url));
const PATRONI = "3.1.2";
const STATE = "/var/lib/gameday"; // not in a home: the user postgres must be able to read it, and root and sudo must agree on it
const VENV = `${STATE}/patroni-${PATRONI}`;
const POLICY = "/usr/sbin/policy-rc.d";
const POLICY_MARK = "# written by gameday's set-up; removed when it is done";
const CLUSTER_FILE = "/etc/postgresql-common/createcluster.conf";
const SEARCH = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

// What is needed, how its presence is checked, and the packages that provide it (the first one that the archive offers).
const NEEDS = [
  ...["setpriv", "unshare", "mount"].map((name) => need(name, ["util-linux"])),
  ...["ip", "tc"].map((name) => need(name, ["iproute2"])),
  need("hostname", ["hostname"]),
  need("tini", ["tini"]),
  need("haproxy", ["haproxy"]),
  need("redis-server", ["redis-server"]),
  need("redis-sentinel", ["redis-sentinel"]),
  need("redis-cli", ["redis-tools"]),
  need("etcd", ["etcd-server", "etcd"]),
  need("nft", ["nftables"]),
  need("openssl", ["openssl"]),
  { name: "PostgreSQL 14 to 17", there: hasPostgres, packages: ["postgresql"] },
  { name: "python3 venv", there: hasVenvModule, packages: ["python3-venv"] },
  { name: "libfaketime", there: hasFaketime, packages: ["libfaketime"] },
];
// Only the tests need these: the live page is tested in a real browser, completion in a real shell.
const TEST_NEEDS = [need("chromium", ["chromium", "chromium-browser"]), need("zsh", ["zsh"])];

main();

function main() {
  const systemOnly = process.argv.includes("--system");
  if (process.platform !== "linux") fail("the lab needs Linux; on this system only platform kind kubernetes works");
  if (!systemOnly) setUpPackages();
  const missing = missingNeeds();
  if (missing.length === 0 && hasPatroni() && !leftOver()) return;
  if (process.getuid() === 0) setUpSystem(missing);
  else if (mayUseSudo()) setUpBySudo();
  else refuse([...missing.map(({ name }) => name), ...(hasPatroni() ? [] : [`Patroni ${PATRONI}`])]);
}

// ---------------------------------------------------------------------------------------------------- npm packages

function setUpPackages() {
  // An installed package has no lock file of its own; whoever installed it has brought its packages as well.
  if (!existsSync(`${CHECKOUT}package-lock.json`)) return;
  if (packagesAreThere()) return;
  if (lstatSync(`${CHECKOUT}node_modules`, { throwIfNoEntry: false })?.isSymbolicLink()) {
    say("node_modules is a link and lacks packages of package-lock.json: run npm ci in the folder that it points to");
    return;
  }
  say("npm ci");
  // Under sudo the files still belong to the owner of the checkout.
  const { uid, gid } = statSync(CHECKOUT);
  const owner = process.getuid() === 0 ? { uid, gid } : {};
  run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: CHECKOUT, ...owner });
}

/** Checks npm's own list of installed packages: it must contain every package of the lock file, in the same version. */
function packagesAreThere() {
  const installed = readJson(`${CHECKOUT}node_modules/.package-lock.json`)?.packages;
  if (installed === undefined) return false;
  const wanted = readJson(`${CHECKOUT}package-lock.json`)?.packages ?? {};
  return Object.entries(wanted).every(
    ([path, { version, optional, devOptional, link }]) =>
      path === "" || optional || devOptional || link || installed[path]?.version === version,
  );
}

// ---------------------------------------------------------------------------------------------------- the system

function setUpSystem(missing) {
  restorePolicy();
  restoreClusterFile();
  if (missing.length > 0) installDebian(missing);
  if (!hasPatroni()) installPatroni();
}

function setUpBySudo() {
  const event = process.env.npm_lifecycle_event ?? "";
  run(["sudo", "-n", "env", `npm_lifecycle_event=${event}`, process.execPath, HERE, "--system"]);
}

function installDebian(missing) {
  if (find("apt-get") === undefined)
    fail(`apt-get was not found: install ${missing.map(({ name }) => name).join(", ")} yourself`);
  say("apt-get update");
  apt(["update", "-qq"]);
  const packages = [...new Set(missing.map(({ packages: names }) => names.find(isKnown) ?? names[0]))];
  const before = enabledUnits();
  undoWhenStopped(() => {
    forbidServices();
    if (packages.includes("postgresql")) forbidCluster();
    say(`apt-get install ${packages.join(" ")}`);
    apt(["install", "-qq", "-y", "--no-install-recommends", "-o", "Dpkg::Options::=--force-confold", ...packages]);
  });
  disableNew(before);
}

function apt(argv) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", NEEDRESTART_MODE: "l" };
  run(["apt-get", "-o", "DPkg::Lock::Timeout=120", ...argv], { env, quiet: true });
}

function isKnown(name) {
  const { stdout } = spawnSync("apt-cache", ["policy", name], { encoding: "utf8" });
  return /Candidate: [^(\s]/.test(stdout ?? "");
}

/**
 * Runs the work with services forbidden and undoes that however the work ends, except by SIGKILL: then the next run undoes it.
 */
function undoWhenStopped(work) {
  const undo = () => {
    restorePolicy();
    restoreClusterFile();
  };
  process.once("exit", undo);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => process.exit(130));
  work();
  undo();
}

/** Forbids services: Debian runs this program before it starts a service, and exit code 101 means "forbidden". */
function forbidServices() {
  if (existsSync(POLICY)) renameSync(POLICY, `${POLICY}.gameday`);
  writeFileSync(POLICY, `#!/bin/sh\n${POLICY_MARK}\nexit 101\n`, { mode: 0o755 });
}

function restorePolicy() {
  if (existsSync(POLICY) && readFileSync(POLICY, "utf8").includes(POLICY_MARK)) rmSync(POLICY);
  if (existsSync(`${POLICY}.gameday`)) renameSync(`${POLICY}.gameday`, POLICY);
}

/**
 * Keeps PostgreSQL's packages from creating a cluster on installation, with a setting in this file, which an earlier package
 * provides.
 */
function forbidCluster() {
  apt(["install", "-qq", "-y", "--no-install-recommends", "postgresql-common"]);
  const text = readFileSync(CLUSTER_FILE, "utf8");
  writeFileSync(`${CLUSTER_FILE}.gameday`, text);
  writeFileSync(CLUSTER_FILE, `${text}\ncreate_main_cluster = false\n`);
}

function restoreClusterFile() {
  if (existsSync(`${CLUSTER_FILE}.gameday`)) renameSync(`${CLUSTER_FILE}.gameday`, CLUSTER_FILE);
}

/** Returns the links that make units start at boot, those of systemd and of System V. */
function enabledUnits() {
  const folders = [
    ...list("/etc/systemd/system")
      .filter((name) => name.endsWith(".wants"))
      .map((name) => `/etc/systemd/system/${name}`),
    ...["rc2.d", "rc3.d", "rc4.d", "rc5.d"].map((name) => `/etc/${name}`),
  ];
  return new Set(folders.flatMap((folder) => list(folder).map((name) => `${folder}/${name}`)));
}

function disableNew(before) {
  for (const link of enabledUnits()) {
    if (before.has(link)) continue;
    const name = link.slice(link.lastIndexOf("/") + 1);
    if (link.startsWith("/etc/rc") && /^S\d\d/.test(name)) spawnSync("update-rc.d", [name.slice(3), "disable"]);
    if (!link.startsWith("/etc/rc") && find("systemctl") !== undefined) spawnSync("systemctl", ["disable", name]);
    if (!link.startsWith("/etc/rc")) rmSync(link, { force: true });
  }
}

function installPatroni() {
  say(`Patroni ${PATRONI} in ${VENV}`);
  mkdirSync(STATE, { recursive: true, mode: 0o755 });
  for (const name of list(STATE)) if (name.includes(".partial-")) rmSync(`${STATE}/${name}`, { recursive: true });
  // Created aside and then renamed: an interrupted set-up leaves nothing that looks complete.
  const partial = `${VENV}.partial-${process.pid}`;
  run(["/usr/bin/python3", "-m", "venv", partial]);
  run([`${partial}/bin/pip`, "install", "--quiet", `patroni[etcd3]==${PATRONI}`, "psycopg[binary]"], { quiet: true });
  rmSync(VENV, { recursive: true, force: true });
  renameSync(partial, VENV);
}

// ---------------------------------------------------------------------------------------------------- what is there

function missingNeeds() {
  // Only the tests need the browser, so the demo does not install it.
  const forTests = /^pretest/.test(process.env.npm_lifecycle_event ?? "");
  const needs = forTests ? [...NEEDS, ...TEST_NEEDS] : NEEDS;
  return needs.filter(({ there }) => !there());
}

function need(name, packages) {
  return { name, there: () => find(name) !== undefined, packages };
}

function find(name) {
  return SEARCH.map((folder) => `${folder}/${name}`).find(isExecutable);
}

function hasPostgres() {
  const majors = list("/usr/lib/postgresql").map(Number);
  return majors.some(
    (major) => major >= 14 && major <= 17 && isExecutable(`/usr/lib/postgresql/${major}/bin/postgres`),
  );
}

function hasVenvModule() {
  return spawnSync("/usr/bin/python3", ["-c", "import ensurepip, venv"]).status === 0;
}

function hasFaketime() {
  return list("/usr/lib").some((folder) => existsSync(`/usr/lib/${folder}/faketime/libfaketime.so.1`));
}

function hasPatroni() {
  return existsSync(`${VENV}/bin/patroni`);
}

function leftOver() {
  const policy = existsSync(POLICY) && readFileSync(POLICY, "utf8").includes(POLICY_MARK);
  return policy || existsSync(`${POLICY}.gameday`) || existsSync(`${CLUSTER_FILE}.gameday`);
}

function mayUseSudo() {
  return find("sudo") !== undefined && spawnSync("sudo", ["-n", "true"]).status === 0;
}

// ---------------------------------------------------------------------------------------------------- small things

function run(argv, { quiet = false, ...options } = {}) {
  const [file, ...rest] = argv;
  const stdio = quiet ? ["ignore", "ignore", "inherit"] : ["ignore", "inherit", "inherit"];
  const { status, error } = spawnSync(file, rest, { stdio, ...options });
  if (status !== 0) fail(`"${argv.join(" ")}" failed: ${error?.message ?? `exit ${status}`}`);
}

function refuse(missing) {
  fail(`missing: ${missing.join(", ")}; installing them needs root. Run:\n  sudo ${process.execPath} ${HERE}`);
}

function say(text) {
  console.log(`set-up: ${text}`);
}

function fail(text) {
  console.error(`set-up: ${text}`);
  process.exit(4);
}

function list(folder) {
  return existsSync(folder) ? readdirSync(folder) : [];
}

function readJson(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
