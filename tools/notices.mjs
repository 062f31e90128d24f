// Writes THIRD_PARTY.md into dist/package and dist/site: every part of others that ships, with its
// licence, and fails where there is none. Whether a licence will do is asked by `cargo deny` of
// crates (deny.toml), and here of npm packages.
//
// Crates: those that the WebAssembly module is linked from. npm packages: those that the sources of
// the package and the page import, and what these import.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What npm packages that ship may be under. */
const SHIPPED = ['MIT', 'MIT OR Apache-2.0', 'Apache-2.0', 'BSD-3-Clause', 'ISC', '0BSD'];

/** What those may be under besides that only build and test. */
const TOOLS = [
  'Python-2.0',
  'CC0-1.0',
  'Unlicense',
  'MPL-2.0',
  'BSD-2-Clause',
  'BlueOak-1.0.0',
  'CC-BY-4.0',
  '(MIT OR CC0-1.0)',
];

/** Tools whose licence the lock file lacks, since they say it in an old way: BSD. */
const KNOWN = ['/parse-cache-control'];

/** Crates whose files lack the text, with another of the same project that has it. */
const SAME_PROJECT = { 'nom-language': 'nom', 'tract-extra': 'tract-core' };

checkPackages();
const crates = linkedCrates();
for (const crate of crates) {
  if (crate.texts.length === 0) {
    crate.texts = crates.find(({ name }) => name === SAME_PROJECT[crate.name])?.texts ?? [];
  }
}
const ofPackage = bundledPackages('www/package');
const ofPage = [...ofPackage, ...bundledPackages('www/app')];
write('dist/package', [...crates, ...ofPackage]);
write('dist/site', [...crates, ...ofPage]);

/** Refuses npm packages of other licences than those on the list. */
function checkPackages() {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  for (const [path, { license, link }] of Object.entries(lock.packages)) {
    const known =
      [...SHIPPED, ...TOOLS].includes(license) || KNOWN.some((end) => path.endsWith(end));
    if (path.includes('node_modules/') && !link && !known) {
      throw new Error(`${path} is under ${license}, which is not on the list`);
    }
  }
}

/** The crates that the module is linked from: names, versions, licences and their texts. */
function linkedCrates() {
  const options = ['--format-version=1', '--locked', '--no-default-features'];
  const platform = '--filter-platform=wasm32-unknown-unknown';
  const metadata = JSON.parse(
    execFileSync('cargo', ['metadata', ...options, platform], {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 1 << 27,
    }),
  );
  const byId = new Map(metadata.packages.map((crate) => [crate.id, crate]));
  const nodes = new Map(metadata.resolve.nodes.map((node) => [node.id, node]));
  const isMacro = ({ targets }) => targets.some(({ kind }) => kind.includes('proc-macro'));
  const linked = new Set();
  const visit = (id) => {
    if (linked.has(id) || isMacro(byId.get(id))) {
      return;
    }
    linked.add(id);
    for (const dependency of nodes.get(id).deps) {
      if (dependency.dep_kinds.some(({ kind }) => kind === null)) {
        visit(dependency.pkg);
      }
    }
  };
  visit(metadata.packages.find(({ name }) => name === 'brushwork').id);
  const others = [...linked].map((id) => byId.get(id)).filter(({ source }) => source !== null);
  return others.map((crate) => part(crate, join(crate.manifest_path, '..')));
}

/** The npm packages that are bundled into one of ours: the same of them. */
function bundledPackages(workspace) {
  const folder = join(root, workspace);
  const esbuild = createRequire(join(root, 'www/package/package.json'))('esbuild');
  const sources = readdirSync(folder, { recursive: true }).filter(
    (file) => file.endsWith('.ts') && !/\.d\.ts$|config|node_modules|^engine/.test(file),
  );
  const { metafile } = esbuild.buildSync({
    absWorkingDir: folder,
    entryPoints: sources,
    outdir: 'unused',
    write: false,
    bundle: true,
    format: 'esm',
    metafile: true,
    logLevel: 'error',
    alias: { brushwork: join(root, 'dist/package/index.js') },
    loader: { '.css': 'empty' },
  });
  const paths = Object.keys(metafile.inputs);
  const names = paths.map((path) => path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//)?.[1]);
  return [...new Set(names.filter(Boolean))].map((name) => {
    const at = join(root, 'node_modules', name);
    const found = part(JSON.parse(readFileSync(join(at, 'package.json'), 'utf8')), at);
    if (!SHIPPED.includes(found.license)) {
      throw new Error(`${name} is under ${found.license}`);
    }
    return found;
  });
}

function part({ name, version, license }, folder) {
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|unlicense)/i.test(file));
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').trim());
  return { name, version, license, texts };
}

/** A table of the parts, then each text once, with the parts that it is of. */
function write(folder, parts) {
  parts.sort((a, b) => (a.name < b.name ? -1 : 1));
  const owners = new Map();
  for (const { name, version, texts } of parts) {
    if (texts.length === 0) {
      throw new Error(`${name} ${version} comes without its licence`);
    }
    for (const text of texts) {
      owners.set(text, [...(owners.get(text) ?? []), name]);
    }
  }
  const sections = [
    '# What Brushwork contains of others',
    'Brushwork itself is under MIT or Apache-2.0, and so is the Rust standard library, which it contains too.',
    ['| part | licence |', '|---|---|']
      .concat(parts.map(({ name, version, license }) => `| ${name} ${version} | ${license} |`))
      .join('\n'),
    ...[...owners].map(([text, names]) => `## ${names.join(', ')}\n\n\`\`\`text\n${text}\n\`\`\``),
  ];
  writeFileSync(join(root, folder, 'THIRD_PARTY.md'), `${sections.join('\n\n').trim()}\n`);
}
