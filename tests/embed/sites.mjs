// Sites that use the package as strangers would: the examples, each with the packed tarball.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { root } from '../browser/paths.mjs';
import { Server } from '../browser/server.mjs';
import { freePort } from '../browser/webkit.mjs';

const run = promisify(execFile);

export const built = join(root, 'dist/embed');

/**
 * Packs the finished package as `npm publish` would.
 *
 * @param {string} [folder] of the package
 * @returns {Promise<string>} the tarball
 */
export async function pack(folder = join(root, 'dist/package')) {
  await mkdir(built, { recursive: true });
  const { stdout } = await run('npm', ['pack', folder, '--silent', '--pack-destination', built]);
  return join(built, stdout.trim());
}

/**
 * Packs another version of the package: its page and its workers speak with each other in other
 * words, so that neither understands those of this version.
 *
 * @param {string} version
 * @returns {Promise<string>} the tarball
 */
export async function packAs(version) {
  const folder = join(built, `version-${version}`);
  await unpack(await pack(), folder);
  const edit = async (
    /** @type {string} */ file,
    /** @type {RegExp} */ old,
    /** @type {string} */ now,
  ) => {
    const text = await readFile(join(folder, file), 'utf8');
    assert.match(text, old);
    await writeFile(join(folder, file), text.replaceAll(old, now));
  };
  await edit('package.json', /"version": ".*"/g, `"version": "${version}"`);
  await edit('index.js', /\bgives\b/g, 'yields');
  await edit('worker.js', /\bgives\b/g, 'yields');
  return pack(folder);
}

/** @param {string} tarball @param {string} folder which becomes the package */
export async function unpack(tarball, folder) {
  await mkdir(folder, { recursive: true });
  await run('tar', ['-xzf', tarball, '-C', folder, '--strip-components=1']);
}

/**
 * Serves the packed package as `/package/`, pages to use it in as `/pages/`, the samples as
 * `/samples/`, and an empty page.
 *
 * @param {string} name of a folder to unpack it in
 */
export async function servePackage(name) {
  const folder = join(built, name);
  await unpack(await pack(), folder);
  const server = new Server(join(root, 'tests/browser/fixtures'));
  server.mounts = {
    '/package/': folder,
    '/pages/': join(root, 'tests/embed/pages'),
    '/samples/': join(root, 'www/app/public/samples'),
  };
  await server.listen();
  return server;
}

/**
 * Builds the site of an example that the package ships, as its README says: by a script of its
 * package.json, with nothing but what that asks for; without one, the package's folder lies beside
 * the page.
 *
 * @param {string} name the example's folder, a colon and the script if it is not `build`
 * @param {string} tarball
 * @param {(text: string) => string} [change] what to change in its pages
 * @returns {Promise<string>} the folder to serve
 */
export async function site(name, tarball, change = (text) => text) {
  const [example = '', script = 'build'] = name.split(':');
  const folder = join(outside, name.replace(':', '-'));
  const fresh = join(folder, 'node_modules/brushwork');
  await unpack(tarball, fresh);
  await cp(join(fresh, 'examples', example), folder, { recursive: true });
  for (const file of (await readdir(folder)).filter((file) => file.endsWith('.html'))) {
    const text = await readFile(join(folder, file), 'utf8');
    await writeFile(join(folder, file), change(text));
  }
  if (!existsSync(join(folder, 'package.json'))) {
    await rename(fresh, join(folder, 'brushwork'));
    return folder;
  }
  await install(folder);
  await run('npm', ['run', script], { cwd: folder, env: { ...process.env, PATH: ownPath } });
  return join(folder, 'dist');
}

/** So that npm finds no tools but a site's own, neither in folders above it nor by the path. */
const outside = mkdtempSync(join(tmpdir(), 'brushwork-sites-'));
process.once('exit', () => rmSync(outside, { recursive: true, force: true }));
const ownPath = String(process.env.PATH)
  .split(delimiter)
  .filter((at) => !at.includes('node_modules'))
  .join(delimiter);

/** What `npm install` would do, with this repository's copies. @param {string} folder */
async function install(folder) {
  const manifestOf = async (/** @type {string} */ at) =>
    JSON.parse(await readFile(join(at, 'package.json'), 'utf8'));
  await mkdir(join(folder, 'node_modules/.bin'));
  const { devDependencies } = await manifestOf(folder);
  for (const [name, version] of Object.entries(devDependencies)) {
    const copies = ['tests/embed', '.'].map((at) => join(root, at, 'node_modules', name));
    const copy = String(copies.find(existsSync));
    const manifest = await manifestOf(copy);
    assert.equal(version, manifest.version, name);
    await symlink(copy, join(folder, 'node_modules', name));
    const tools = typeof manifest.bin === 'string' ? { [name]: manifest.bin } : manifest.bin;
    for (const [tool, file] of Object.entries(tools)) {
      await symlink(join(copy, file), join(folder, 'node_modules/.bin', tool));
    }
  }
}

/**
 * Serves a site as those see it who work on it: by Vite, which builds nothing.
 *
 * @param {string} folder of its sources
 */
export async function serveInDevelopment(folder) {
  const port = await freePort();
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  const options = ['--host', '127.0.0.1', '--port', `${port}`, '--strictPort'];
  const server = spawn(process.execPath, [vite, ...options], { cwd: folder, stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}/`;
  while (!(await fetch(url).catch(() => undefined))?.ok) {
    assert.equal(server.exitCode, null, 'Vite has ended');
    await sleep(100);
  }
  return { url, close: () => void server.kill() };
}
