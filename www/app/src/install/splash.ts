// What iOS shows while an app on the home screen starts: a picture exactly as large as the screen. There
// are dozens of sizes, and each device needs one, so the page draws its own.

const SCHEMES = { light: '#f7f4ee', dark: '#171613' };

/** The icon's share of the screen's shorter side. */
const ICON = 0.28;

export async function addSplashScreens(): Promise<void> {
  const icon = new Image();
  icon.src = new URL('icon.svg', document.baseURI).href;
  await icon.decode();
  const { width, height } = screen;
  const short = Math.min(width, height);
  const long = Math.max(width, height);
  for (const [scheme, paper] of Object.entries(SCHEMES)) {
    addSplashScreen(
      icon,
      short,
      long,
      paper,
      `(prefers-color-scheme: ${scheme}) and (orientation: portrait)`,
    );
    addSplashScreen(
      icon,
      long,
      short,
      paper,
      `(prefers-color-scheme: ${scheme}) and (orientation: landscape)`,
    );
  }
}

function addSplashScreen(
  icon: HTMLImageElement,
  width: number,
  height: number,
  paper: string,
  media: string,
): void {
  const canvas = document.createElement('canvas');
  canvas.width = width * devicePixelRatio;
  canvas.height = height * devicePixelRatio;
  const context = canvas.getContext('2d');
  if (context === null) {
    return;
  }
  context.fillStyle = paper;
  context.fillRect(0, 0, canvas.width, canvas.height);
  const size = Math.min(canvas.width, canvas.height) * ICON;
  const [x, y] = [(canvas.width - size) / 2, (canvas.height - size) / 2];
  context.drawImage(icon, x, y, size, size);
  const link = document.createElement('link');
  link.rel = 'apple-touch-startup-image';
  link.media = media;
  link.href = canvas.toDataURL();
  document.head.append(link);
}
