/** The tests as modules that node runs: `npm test`. */

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vite";

const tests = readdirSync(import.meta.dirname).filter((name) => name.includes(".test."));

export default defineConfig({
  build: {
    ssr: true,
    outDir: join(import.meta.dirname, "../node_modules/.tests"),
    emptyOutDir: true,
    target: "es2023",
    rollupOptions: { input: tests.map((name) => join(import.meta.dirname, name)) },
  },
});
