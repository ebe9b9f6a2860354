// Whether the built front end keeps its promises of size, and loads nothing from anywhere else.
//
//   node sizes.mjs [--json] [FOLDER]      exit code 3: a promise is broken
//
// Sizes are of single files compressed with gzip -9, in bytes; 1 kB is 1,000 bytes.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, extname, join, posix, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const asked = process.argv.slice(2);
const root =
  asked.find((word) => !word.startsWith("--")) ??
  join(dirname(fileURLToPath(import.meta.url)), "../src/aichatdesk/web");

const LIMITS = { loader: 3_000, widget: 36_000, scripts: 260_000, styles: 45_000, chunk: 120_000 };
// The texts of one language of the widget, such as `assets/de-BLpqt2il.js`; one of them belongs to its first load.
const LANGUAGE = /^widget\/assets\/[a-z]{2,3}-[\w-]{8}\.js$/;
// Words of the chart library that no minifier changes.
const CHARTS = /recharts-(surface|wrapper)/;
// Hosts that are named and not loaded from: kinds of XML, what libraries tell developers to read, and examples.
const ONLY_NAMED = new Set([
  "www.w3.org",
  "react.dev",
  "mantine.dev",
  "redux.js.org",
  "redux-toolkit.js.org",
  "bit.ly",
]);
const EXAMPLE = /(^|\.)example(\.(com|org|net))?$/;
const ADDRESS =
  /(?:https?:|wss?:)?\/\/([a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}|localhost|\d+\.\d+\.\d+\.\d+)(?=[:/?#"'`)\s]|$)/gi;

const report = check();
if (asked.includes("--json")) console.log(JSON.stringify(report));
else for (const one of report) console.log(line(one));
if (report.some((one) => !one.kept)) process.exit(3);

function line({ promise, kept, size, limit, why }) {
  const sizes =
    limit === undefined ? "" : `${String(size).padStart(8)} of ${String(limit).padStart(8)} bytes`;
  return `${kept ? "ok  " : "FAIL"} ${promise.padEnd(28)}${sizes}${why ? `  ${why}` : ""}`;
}

function check() {
  if (!existsSync(join(root, "dashboard/index.html"))) {
    console.error(`There is no built front end in ${root}: run make web.`);
    process.exit(1);
  }
  const widget = firstLoad("widget");
  const language = largest(lateScripts("widget", widget).filter((name) => LANGUAGE.test(name)));
  const dashboard = firstLoad("dashboard");
  const scripts = [...dashboard].filter((name) => extname(name) === ".js");
  const late = [...lateScripts("dashboard", dashboard), ...lateScripts("widget", widget)];
  return [
    atMost("loader", LIMITS.loader, ["widget/loader.js"]),
    atMost("widget's first load", LIMITS.widget, [...widget, ...(language ? [language] : [])]),
    atMost("dashboard's first scripts", LIMITS.scripts, scripts),
    atMost(
      "dashboard's first styles",
      LIMITS.styles,
      [...dashboard].filter((name) => extname(name) === ".css"),
    ),
    eachAtMost("late chunks", LIMITS.chunk, late),
    without(
      "no charts in the first load",
      scripts.filter((name) => CHARTS.test(text(name))),
    ),
    without("no other host", otherHosts()),
  ];
}

function atMost(promise, limit, names) {
  const size = names.reduce((sum, name) => sum + compressed(name), 0);
  const kept = size <= limit;
  return {
    promise,
    kept,
    size,
    limit,
    files: names,
    why: kept ? "" : names.map((name) => `${name} ${compressed(name)}`).join(", "),
  };
}

function eachAtMost(promise, limit, names) {
  const over = names.filter((name) => compressed(name) > limit);
  const size = Math.max(0, ...names.map(compressed));
  return {
    promise,
    kept: over.length === 0,
    size,
    limit,
    files: names,
    why: over.map((name) => `${name} ${compressed(name)}`).join(", "),
  };
}

function without(promise, found) {
  return { promise, kept: found.length === 0, why: found.join(", ") };
}

/** Every file that a page loads before anybody does anything: what it names, and what those import at once. */
function firstLoad(page) {
  const html = text(`${page}/index.html`);
  const named = [...html.matchAll(/<(script|link)\b[^>]*?(?:src|href)="([^"]+)"[^>]*>/g)]
    .filter(([tag, kind]) => kind === "script" || /rel="(stylesheet|modulepreload|preload)"/.test(tag))
    .map(([, , address]) => address.replace(/^\//, ""));
  const found = new Set();
  const waiting = [...named];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (found.has(name) || !existsSync(join(root, name))) continue;
    found.add(name);
    if (extname(name) === ".js") waiting.push(...importedAtOnce(name));
  }
  return found;
}

/** What a script imports or hands on before it runs; `import("...")` is not among it. */
function importedAtOnce(name) {
  const sources = /(?:^|[;}\s])(?:import|export)(?:\s*["']|[\s{*][^;"'()]*?from\s*["'])([^"']+)["']/g;
  return [...text(name).matchAll(sources)]
    .map(([, source]) => source)
    .filter((source) => source.startsWith("."))
    .map((source) => posix.join(posix.dirname(name), source));
}

function lateScripts(page, first) {
  return files(page).filter(
    (name) => extname(name) === ".js" && !first.has(name) && name !== "widget/loader.js",
  );
}

function otherHosts() {
  return files("").flatMap((name) => {
    if (![".js", ".css", ".html", ".svg", ".json"].includes(extname(name))) return [];
    const hosts = [...text(name).matchAll(ADDRESS)].map(([, host]) => host.toLowerCase());
    return [...new Set(hosts)]
      .filter((host) => !ONLY_NAMED.has(host) && !EXAMPLE.test(host))
      .map((host) => `${host} in ${name}`);
  });
}

function files(folder) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .sort();
}

function largest(names) {
  return [...names].sort((one, other) => compressed(other) - compressed(one))[0];
}

function text(name) {
  return readFileSync(join(root, name), "utf8");
}

function compressed(name) {
  return gzipSync(readFileSync(join(root, name)), { level: 9 }).length;
}
