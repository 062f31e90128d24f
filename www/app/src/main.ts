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
import { forgetPaintings, paint } from './painting/paint.js';
import { canPaint, loadAfresh, previewPainter } from './painting/painter.js';
import { mountProgress } from './painting/progress.js';
import { shrinkPreviews } from './painting/smaller.js';
import { mountPersistence, photoIsKept } from './persistence/persistence.js';
import { openPhoto } from './photo/open.js';
import { mountWaysIn } from './photo/ways-in.js';
import { mountProblem, problemOf } from './problem/problem.js';
import { mountSaveButton } from './saving/save-button.js';
import { spareTime } from './spare-time.js';
import { mountStage } from './stage/stage.js';
import { createStore, PREVIEW_SIDE } from './state.js';
import { mountFullStrength } from './strength/full-strength.js';
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
mountFullStrength(store);
mountStroke(store);
mountColours(store);
mountBlend(store);
mountCropButton(store);
mountHistory(store);
mountSaveButton(store);
const keepsPhoto = photoIsKept();
const restored = mountPersistence(store);
restored.then(() => mountFocus(store));
mountInstall();
mountProblem(store, {
  choose: () => byId('file').click(),
  retry: () => {
    loadAfresh();
    paint(store);
  },
  reload: () => location.reload(),
  smaller: () => {
    forgetPaintings();
    shrinkPreviews(store);
    paint(store);
  },
  'open-smaller': () => openAgain(PREVIEW_SIDE / 2),
  'open-again': () => openAgain(PREVIEW_SIDE),
  none: () => giveUp(),
});
// All words are in place: nothing moves any more.
const main = within(document, 'main');
if (keepsPhoto) {
  // Which comes at once: no first view flashes up before it.
  store.watch(
    (state) => [state.photo === undefined],
    (none) => {
      main.hidden &&= none;
    },
  );
  restored.finally(() => {
    main.hidden = false;
  });
} else {
  main.hidden = false;
}

async function openAgain(previewSide: number): Promise<void> {
  const { unopened } = store.state;
  if (unopened && (await openPhoto(store, unopened, { previewSide }))) {
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

/** When the page is back, and the person has seen what is told of the last visit. */
const undisturbed = restored.then(
  () =>
    new Promise<void>((calm) =>
      store.watch(
        (state) => [state.problem === undefined],
        (none) => none && calm(),
      ),
    ),
);
// To start the engine takes memory: where the page was killed for it, not before the person goes on.
undisturbed.then(() => {
  mountOffline(store);
  spareTime.then(() => previewPainter()).catch(() => {});
});
