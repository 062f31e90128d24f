// Runs on the server, where there is no window.
import 'brushwork/element';
import { styles } from 'brushwork';

const choices = styles.map(({ id, title }) => `<option value="${id}">${title.en}</option>`);

export const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <link rel="icon" href="data:," />
    <title>Brushwork in a page that a server made</title>
    <script type="module" src="browser.js"></script>
  </head>
  <body>
    <brushwork-photo src="photo.jpg" alt="A cat" style-id="great-wave"></brushwork-photo>
    <select aria-label="Style">${choices.join('')}</select>
  </body>
</html>
`;
