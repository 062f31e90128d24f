import { writeFileSync } from 'node:fs';
import { page } from './server/page.js';

writeFileSync('dist/index.html', page);
