// Builds the loader, the widget's page, the dashboard and the shop into the Python package.
import { cp, mkdir, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const root = fileURLToPath(new URL(".", import.meta.url));
const out = fileURLToPath(new URL("../src/aichatdesk/web/", import.meta.url));
const common = { configFile: false, logLevel: "warn", oxc: { jsx: { importSource: "preact" } } };

/** Rules that are written to be read are served without the blanks in them. */
const tightRules = {
  name: "tight-rules",
  enforce: "pre",
  transform: (code) =>
    code.replace(/\/\* css \*\/ `[^`]*`/g, (rules) =>
      rules
        .slice(10)
        .replace(/\s+/g, " ")
        .replace(/ ?([{};:,]) /g, "$1"),
    ),
};

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
for (const page of ["widget", "dashboard"]) {
  await build({
    ...common,
    root: `${root}${page}`,
    base: `/${page}/`,
    build: {
      outDir: `${out}${page}`,
      emptyOutDir: true,
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
    },
  });
}
await build({
  ...common,
  root: `${root}widget`,
  plugins: [tightRules],
  build: {
    outDir: `${out}widget`,
    emptyOutDir: false,
    copyPublicDir: false,
    lib: { entry: "loader.ts", formats: ["iife"], name: "AIChatDeskLoader", fileName: () => "loader.js" },
  },
});
await cp(`${root}shop`, `${out}shop`, { recursive: true });
