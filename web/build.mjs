// Builds the loader, the widget's page, the dashboard and the shop into the Python package.
import { cp, mkdir, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const root = fileURLToPath(new URL(".", import.meta.url));
const out = fileURLToPath(new URL("../src/aichatdesk/web/", import.meta.url));
const common = { configFile: false, logLevel: "warn" };
// The component library marks its files for a kind of server that we do not have.
const onwarn = (warning, tell) => warning.code === "MODULE_LEVEL_DIRECTIVE" || tell(warning);
const preact = { jsx: { importSource: "preact" } };
const pages = [
  { name: "widget", oxc: preact },
  // The server puts a fresh nonce in this place for each reading of the page.
  { name: "dashboard", oxc: { jsx: { importSource: "react" } }, html: { cspNonce: "__NONCE__" } },
];

/** Rules that are written to be read are served without the blanks in them. */
const tightRules = {
  name: "tight-rules",
  enforce: "pre",
  transform: (code) =>
    code.replace(/\/\* css \*\/ `[^`]*`/g, (rules) =>
      rules
        .slice(10)
        .replace(/\s+/g, " ")
        .replace(/ ?([{};:,]) /g, "$1")
        .replaceAll(";}", "}"),
    ),
};

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
for (const { name, ...own } of pages) {
  await build({
    ...common,
    ...own,
    root: `${root}${name}`,
    base: `/${name}/`,
    build: {
      outDir: `${out}${name}`,
      emptyOutDir: true,
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rollupOptions: { onwarn },
    },
  });
}
await build({
  ...common,
  oxc: preact,
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
