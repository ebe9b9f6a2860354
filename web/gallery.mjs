// Builds the page that shows components with made-up data, for tests: node gallery.mjs FOLDER
import { fileURLToPath } from "node:url";
import { build } from "vite";

const [, , outDir] = process.argv;
await build({
  configFile: false,
  logLevel: "error",
  root: fileURLToPath(new URL("dashboard/gallery", import.meta.url)),
  base: "./",
  oxc: { jsx: { importSource: "react" } },
  html: { cspNonce: "made-for-a-test" },
  build: { outDir, emptyOutDir: true, assetsInlineLimit: 0, modulePreload: { polyfill: false } },
});
