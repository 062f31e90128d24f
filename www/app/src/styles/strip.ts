import { type Style, styles } from 'brushwork';
import { byId } from '../dom.js';
import { change } from '../history/history.js';
import { paint } from '../painting/paint.js';
import type { AppStore } from '../state.js';
import { mountCaption } from './caption.js';
import { creditOf } from './credit.js';
import './strip.css';
import { mountThumbnails } from './thumbnails.js';

/** The strip of styles; choosing one paints the photo in it. */
export function mountStrip(store: AppStore): void {
  const list = byId('styles');
  const canvases = new Map<string, HTMLCanvasElement>();
  for (const style of styles) {
    const { item, canvas } = tile(store, style);
    list.append(item);
    canvases.set(style.id, canvas);
  }
  mountThumbnails(store, canvases);
  mountCaption(store);
}

function tile(store: AppStore, style: Style) {
  const canvas = document.createElement('canvas');
  const title = document.createElement('span');
  title.className = 'title';
  const credit = document.createElement('span');
  credit.className = 'credit';
  const button = document.createElement('button');
  button.type = 'button';
  button.dataset.style = style.id;
  button.append(canvas, title, credit);
  button.addEventListener('click', () => {
    const { settings } = store.state;
    if (settings.style === style.id) {
      paint(store);
    } else {
      // A style mixed with itself is no mixture.
      const second = settings.second === style.id ? undefined : settings.second;
      change(store, { settings: { ...settings, style: style.id, second } });
    }
  });
  // Half a tile is enough for a browser, but not for who looks for the focus.
  button.addEventListener('focus', () => {
    button.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  });
  const item = document.createElement('li');
  item.append(button);

  store.watch(
    (state) => [state.language],
    (language) => {
      title.textContent = style.name[language];
      credit.textContent = creditOf(style, language);
      button.title = `${style.title[language]} (${credit.textContent})`;
    },
  );
  store.watch(
    (state) => [state.settings.style === style.id],
    (chosen) => {
      button.setAttribute('aria-pressed', String(chosen));
      if (chosen) {
        button.scrollIntoView({ block: 'nearest', inline: 'center' });
      }
    },
  );
  return { item, canvas };
}
