// <brushwork-photo> keeps up with a page that changes it, moves it, or is out of luck.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { browsers, until } from '../browser/browsers.mjs';
import { servePackage } from './sites.mjs';

/** @type {import('../browser/server.mjs').Server} */
let server;
before(async () => {
  server = await servePackage('element-changes');
});
after(() => server?.close());

/** Waits until the element knows that it is far off. */
const farOffIsKnown = `
  await new Promise((seen) => {
    const options = { rootMargin: '200px' };
    const look = ([{ isIntersecting }]) => isIntersecting || seen();
    new IntersectionObserver(look, options).observe(photo);
  });
  await new Promise(requestAnimationFrame);`;

for (const [name, open] of Object.entries(browsers)) {
  describe(`<brushwork-photo> in ${name}`, () => {
    /** @type {import('../browser/browsers.mjs').TestPage} */
    let page;

    /** Opens a page of its own with one element, `photo`, that has no photo yet. */
    async function begin() {
      await page.open(server.url);
      await page.run(`async () => {
        const workers = [];
        globalThis.Worker = class extends Worker {
          constructor(...given) {
            super(...given);
            workers.push(this);
          }
        };
        const add = () => {
          const photo = document.createElement('brushwork-photo');
          photo.setAttribute('max-pixels', '10000');
          const events = [];
          for (const type of ['progress', 'painted', 'error']) {
            photo.addEventListener(type, ({ detail }) => {
              events.push(type === 'progress' ? type : type + ' ' + (detail.code ?? detail.width));
            });
          }
          document.body.prepend(photo);
          const shown = (part) => photo.shadowRoot.querySelector('[part=' + part + ']');
          return Object.assign(photo, { events, shown });
        };
        await import('/package/element.js');
        Object.assign(globalThis, { workers, add, photo: add() });
      }`);
    }

    /** @param {string} condition */
    const met = (condition) => until(page, condition, `() => ${condition}`);

    /** Runs a script while the engine is being fetched, and has it arrive after that. @param {string} script */
    async function whileFetching(script) {
      server.heldBack = '.wasm';
      try {
        await page.run(`() => { photo.src = '/samples/chelsea.jpg'; }`);
        await met(`!photo.shown('progress').hidden`);
        await page.run(`async () => { ${script} }`);
        // What was under way ends in a later task.
        await page.run('() => new Promise((done) => setTimeout(done))');
        await page.run('() => { photo.events.length = 0; }');
      } finally {
        server.heldBack = undefined;
      }
    }

    /** Waits until the engine is there: another element has been painted by it. */
    async function engineArrived() {
      await page.run(`() => {
        globalThis.other = add();
        other.src = '/samples/coffee.jpg';
      }`);
      await met('other.painting');
    }

    before(async () => {
      page = await open();
    });
    after(() => page?.close());

    test('without its photo it is at rest, whatever still arrives', async () => {
      await begin();
      await whileFetching(`photo.removeAttribute('src')`);
      await engineArrived();
      const seen = await page.run(
        `() => [photo.shown('progress').hidden, photo.hasAttribute('aria-busy'), photo.events]`,
      );
      assert.deepEqual(seen, [true, false, []]);
    });

    test('a strength out of range, given meanwhile, is an error and leaves no bar', async () => {
      await begin();
      await whileFetching(`photo.addEventListener('error', () => { globalThis.failed = true; });
        photo.strength = 5;`);
      await engineArrived();
      const seen = await page.run(
        `() => [failed, photo.shown('progress').hidden, photo.shown('message').textContent]`,
      );
      assert.deepEqual(seen.slice(0, 2), [true, true]);
      assert.match(seen[2], /strength is 5/);
    });

    test('what was under way is not shown in the place of another photo', async () => {
      await begin();
      await whileFetching(`
        photo.style.cssText = 'display: block; margin-top: 5000px';
        ${farOffIsKnown}
        photo.src = '/samples/coffee.jpg';
      `);
      await engineArrived();
      const seen = await page.run(`() => [photo.events, photo.shown('painting').hidden]`);
      assert.deepEqual(seen, [[], true]);
    });

    test('elements that get their photos together share one painter', async () => {
      await begin();
      await page.run(`async () => {
        globalThis.other = add();
        await new Promise((seen) => new IntersectionObserver(seen).observe(other));
        photo.src = '/samples/chelsea.jpg';
        other.src = '/samples/coffee.jpg';
      }`);
      await met('photo.painting && other.painting');
      const [started, most] = await page.run(
        '() => [workers.length, Math.min(4, navigator.hardwareConcurrency)]',
      );
      assert.ok(started <= most, `${started} workers`);
    });

    test('moved, it keeps its painting; what changed meanwhile is painted', async () => {
      await begin();
      await page.run(`() => {
        photo.setAttribute('compare', '');
        photo.src = '/samples/chelsea.jpg';
      }`);
      await met('photo.painting');
      const kept = await page.run(`async () => {
        const { painting } = photo;
        const slider = photo.shown('slider');
        slider.value = '80';
        slider.dispatchEvent(new Event('input'));
        photo.events.length = 0;
        document.body.append(photo);
        await new Promise((seen) => new IntersectionObserver(seen).observe(photo));
        const hidden = photo.shown('painting').hidden;
        return [photo.painting === painting, slider.value, hidden, photo.events];
      }`);
      assert.deepEqual(kept, [true, '80', false, []]);
      await page.run(`() => {
        photo.remove();
        photo.strength = 0.5;
        document.body.append(photo);
      }`);
      await met(`photo.events.includes('painted 122')`);
      const gone = await page.run(`() => {
        photo.events.length = 0;
        photo.remove();
        photo.src = '/samples/coffee.jpg';
        const gone = photo.painting === undefined;
        document.body.append(photo);
        return gone;
      }`);
      assert.ok(gone, 'the old painting is none of the new photo');
      await met(`photo.events.includes('painted 122')`);
    });

    test('without its photo, it has nothing to say of it', async () => {
      await begin();
      await page.run(`() => {
        photo.styleId = 'nobody';
        photo.src = '/samples/chelsea.jpg';
      }`);
      await met(`!photo.shown('message').hidden`);
      const message = await page.run(`() => {
        photo.removeAttribute('src');
        return [photo.shown('message').hidden, photo.shown('message').textContent];
      }`);
      assert.deepEqual(message, [true, '']);
    });

    test('a photo that did not arrive is tried again: set again, or near again', async () => {
      const samples = String(server.mounts['/samples/']);
      await begin();
      await page.run(`() => { photo.src = '/later/chelsea.jpg'; }`);
      await met(`photo.events.includes('error network')`);
      await page.run(`async () => {
        photo.style.marginTop = '5000px';
        ${farOffIsKnown}
      }`);
      server.mounts['/later/'] = samples;
      try {
        await page.run(`() => { photo.style.marginTop = '0'; }`);
        await met(`photo.painting && photo.shown('painting').clientWidth > 100`);
        delete server.mounts['/later/'];
        await page.run(`() => { photo.src = '/later/coffee.jpg'; }`);
        await met(`photo.painting === undefined && !photo.shown('message').hidden`);
        server.mounts['/later/'] = samples;
        await page.run(`() => { photo.src = '/later/coffee.jpg'; }`);
        await met(`photo.painting && photo.shown('painting').clientWidth > 100`);
        const message = await page.run(`() => photo.shown('message').hidden`);
        assert.ok(message);
        // It is not done twice where it was done.
        await page.run(`() => {
          photo.events.length = 0;
          photo.src = '/later/coffee.jpg';
        }`);
        const events = await page.run(
          '() => new Promise((done) => setTimeout(() => done(photo.events), 100))',
        );
        assert.deepEqual(events, []);
      } finally {
        delete server.mounts['/later/'];
      }
    });

    test('properties set before it was defined are its own', async () => {
      await page.open(server.url);
      await page.run(`async () => {
        const early = document.createElement('brushwork-photo');
        Object.assign(early, { alt: 'A cat', styleId: 'scream', strength: 0.5, compare: true });
        early.src = '/samples/chelsea.jpg';
        document.body.append(early);
        globalThis.early = early;
        await import('/package/element.js');
      }`);
      const attributes = await page.run(`() => {
        const names = ['src', 'alt', 'style-id', 'strength', 'compare'];
        return names.map((name) => early.getAttribute(name));
      }`);
      assert.deepEqual(attributes, ['/samples/chelsea.jpg', 'A cat', 'scream', '0.5', '']);
      await met('early.painting');
      await page.run(`() => { early.removeAttribute('src'); }`);
      assert.equal(await page.run('() => early.src'), '');
    });
  });
}
