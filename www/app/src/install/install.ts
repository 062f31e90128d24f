// Putting the page among the device's apps: by a button where the browser has one for it, on iOS by
// saying once how it is done.
import { byId, within } from '../dom.js';
import { readStored, remember } from '../stored.js';
import { isStandalone, runsOnIos } from './standalone.js';
import './install.css';

/** Chromium's event; it is in no standard. */
interface BeforeInstallPromptEvent extends Event {
  prompt(): Promise<unknown>;
}

const HINTED = 'install-hint';

export function mountInstall(): void {
  mountButton();
  mountHint();
}

function mountButton(): void {
  const button = byId('install');
  let offer: BeforeInstallPromptEvent | undefined;
  addEventListener('beforeinstallprompt', (event) => {
    // In place of the browser's own bar.
    event.preventDefault();
    offer = event as BeforeInstallPromptEvent;
    button.hidden = false;
  });
  button.addEventListener('click', () => {
    // It can be asked once only; the browser offers it anew when it sees fit.
    button.hidden = true;
    offer?.prompt();
  });
  addEventListener('appinstalled', () => {
    button.hidden = true;
  });
}

function mountHint(): void {
  const hint = byId('install-hint');
  if (!runsOnIos()) {
    return;
  }
  // For the icon that is put on the home screen: iOS takes what the page holds at that time.
  import('./splash.js').then(({ addSplashScreens }) => addSplashScreens());
  if (isStandalone() || readStored(HINTED) !== null) {
    return;
  }
  hint.hidden = false;
  within(hint, '.dismiss').addEventListener('click', () => {
    hint.hidden = true;
    remember(HINTED, 'seen');
  });
}
