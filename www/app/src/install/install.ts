// Putting the page among the device's apps: by a button that asks the browser, or on iOS says how it is
// done.
import { byId, within } from '../dom.js';
import { readStored, remember } from '../stored.js';
import { isStandalone, runsOnIos } from './standalone.js';
import './install.css';

/** Chromium's event; it is in no standard. */
interface BeforeInstallPromptEvent extends Event {
  prompt(): Promise<unknown>;
}

/** Remembered once the hint has been seen. */
const HINTED = 'install-hint';

export function mountInstall(): void {
  const button = byId('install');
  if (!runsOnIos()) {
    mountOffer(button);
    return;
  }
  // For the icon that is put on the home screen: iOS takes what the page holds at that time.
  import('./splash.js').then(({ addSplashScreens }) => addSplashScreens());
  if (!isStandalone()) {
    mountHint(button);
  }
}

function mountOffer(button: HTMLElement): void {
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

/** The hint comes by itself at one visit; from then on the button shows it. */
function mountHint(button: HTMLElement): void {
  const hint = byId('install-hint');
  const dismiss = within(hint, '.dismiss');
  const show = (shown: boolean) => {
    hint.hidden = !shown;
    button.hidden = shown;
  };
  show(readStored(HINTED) === null);
  const onScreen = new IntersectionObserver((entries) => {
    if (entries.some(({ isIntersecting }) => isIntersecting)) {
      remember(HINTED, 'seen');
      onScreen.disconnect();
    }
  });
  onScreen.observe(hint);
  button.addEventListener('click', () => {
    show(true);
    hint.scrollIntoView({ block: 'nearest' });
    dismiss.focus();
  });
  dismiss.addEventListener('click', () => {
    show(false);
    button.focus();
  });
}
