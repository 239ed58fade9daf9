import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, posix, relative, sep } from "node:path";
import { defineConfig, type Plugin } from "vite";

const here = import.meta.dirname;

/** Every source of the asset, in the order in which harness's own test hashes them. */
function listSources(): string[] {
  const found: string[] = [];
  const walk = (folder: string): void => {
    for (const name of readdirSync(folder)) {
      if (name === "node_modules") continue;
      const path = join(folder, name);
      if (statSync(path).isDirectory()) walk(path);
      else found.push(relative(here, path).split(sep).join(posix.sep));
    }
  };
  walk(here);
  return found.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/** The sha256 over the names and texts of all sources: whoever changes one has to build again. */
function hashSources(): string {
  const hash = createHash("sha256");
  for (const name of listSources()) {
    hash.update(`${name}\0`).update(readFileSync(join(here, name))).update("\0");
  }
  return hash.digest("hex");
}

/** The licences of what is bundled, whole, as they ask to be: read from the packages themselves. */
function readLicences(): string {
  const own = JSON.parse(readFileSync(join(here, "package.json"), "utf8"));
  const texts = Object.keys(own.dependencies).sort().map((name) => {
    const folder = join(here, "node_modules", name);
    const version = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).version;
    const file = readdirSync(folder).find((each) => /^licen[cs]e(\.\w+)?$/i.test(each));
    if (file === undefined) throw new Error(`${name} has no licence file`);
    return `${name} ${version}\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
  });
  return texts.join(`\n${"-".repeat(80)}\n\n`);
}

/** Inside a string or a pattern, where alone these stand, an escape means the same to JavaScript
 * and nothing to HTML: no comment begins in the element, and none ends it. */
function keepFromHtml(code: string): string {
  return code.replace(/<(!--|\/?script)/gi, "\\x3C$1");
}

/** First line: the hash of the sources. Beside the script: the licences of what is in it. */
const stamp: Plugin = {
  name: "stamp",
  enforce: "post",
  generateBundle(_options, bundle) {
    for (const part of Object.values(bundle)) {
      if (part.type === "chunk") {
        part.code = `/* sources sha256-${hashSources()} */\n${keepFromHtml(part.code)}`;
      }
    }
    this.emitFile({ type: "asset", fileName: "LICENCES.txt", source: readLicences() });
  },
};

export default defineConfig({
  plugins: [stamp],
  define: { "process.env.NODE_ENV": JSON.stringify("production") },
  build: {
    outDir: "../static/app",
    emptyOutDir: true,
    target: "es2023",
    lib: { entry: "src/main.tsx", formats: ["iife"], name: "report", fileName: () => "app.js" },
  },
});
