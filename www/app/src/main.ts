// Puts the page together: one store, and the features that show it and change it.
import './base.css';
import './slider.css';
import { mountBlend } from './blend/blend.js';
import { mountColours } from './colours/colours.js';
import { mountCropButton } from './crop/crop-button.js';
import { byId, within } from './dom.js';
import { mountFocus } from './focus.js';
import { backToShown, mountHistory } from './history/history.js';
import { mountInstall } from './install/install.js';
import { mountOffline } from './offline/offline.js';
import { paint } from './painting/paint.js';
import { canPaint, previewPainter } from './painting/painter.js';
import { mountProgress } from './painting/progress.js';
import { mountPersistence } from './persistence/persistence.js';
import { openPhoto } from './photo/open.js';
import { mountWaysIn } from './photo/ways-in.js';
import { mountProblem, problemOf } from './problem/problem.js';
import { mountSaveButton } from './saving/save-button.js';
import { spareTime } from './spare-time.js';
import { mountStage } from './stage/stage.js';
import { createStore } from './state.js';
import { mountStrength } from './strength/strength.js';
import { mountStroke } from './stroke/stroke.js';
import { mountStrip } from './styles/strip.js';
import { mountText } from './text/text.js';

const store = createStore();

mountText(store);
mountWaysIn(store);
mountStage(store);
mountProgress(store);
mountStrip(store);
mountStrength(store);
mountStroke(store);
mountColours(store);
mountBlend(store);
mountCropButton(store);
mountHistory(store);
mountSaveButton(store);
mountPersistence(store).then(() => mountFocus(store));
mountInstall();
mountOffline(store);
mountProblem(store, {
  choose: () => byId('file').click(),
  retry: () => paint(store),
  reload: () => location.reload(),
  smaller: () => paintSmaller(),
  none: () => giveUp(),
});
// All words are in place: nothing moves any more.
within(document, 'main').hidden = false;

/** Half as wide and high, which takes a quarter of the memory. */
async function paintSmaller(): Promise<void> {
  const { photo, previewSide } = store.state;
  store.set({ previewSide: previewSide / 2 });
  if (photo && (await openPhoto(store, photo))) {
    paint(store);
  }
}

/** Without another try, what is chosen is what is shown. */
function giveUp(): void {
  const { result, progress } = store.state;
  if (result && progress === undefined) {
    backToShown(store);
  }
}

// A browser that cannot paint says so at once. Anything else that goes wrong here gets another try at
// the first painting.
canPaint().catch((error: unknown) => store.set({ problem: problemOf(error) }));
spareTime.then(() => previewPainter()).catch(() => {});
